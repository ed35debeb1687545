import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium, openFile, QUIET } from '../../../html/chromium.testing.js';
import { readStudy } from '../../studyFolder.js';
import { MADE_METHODS, writeMadeStudy } from '../../studyFolder.testing.js';
import { judgeStudy } from '../../studyStatistics.js';
import { studyPage } from './page.js';

const executablePath = findChromium();
if (!executablePath)
  console.warn('No Chromium here (set CHROMIUM to its path): the study page is not looked at in a browser.');

const hostile = `"><img src=x onerror="document.title='taken'"><script>document.title='taken'</script>`;
const BOTH: (typeof MADE_METHODS)[number] = { backbone: 'mcat', module: 'plain', stack: 'torch', skill: 0.5 };

let [folder, file] = ['', ''];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'concord-study-page-'));
  writeMadeStudy(folder, { methods: [...MADE_METHODS, BOTH] });
  // One cell is broken, one is not done.
  writeFileSync(join(folder, 'cells/abmil/plain/brca/seed1-fold1/result.json'), '{');
  rmSync(join(folder, 'cells/abmil/plain/brca/seed2-fold1/result.json'));
  file = join(folder, 'report.html');
  const study = readStudy(folder);
  writeFileSync(file, studyPage(judgeStudy(study, { resamples: 150 }), study));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('studyPage', () => {
  it('needs nothing from elsewhere', () => {
    const page = readFileSync(file, 'utf8');
    expect(page.match(/(?:src|href)="(?!#|data:)[^"]*"/g)).toBeNull();
    expect(page.match(/url\(|@import|https?:\/\/(?!www\.w3\.org)/g)).toBeNull();
  });

  it('names what is broken, what is missing and what is synthetic', () => {
    const page = readFileSync(file, 'utf8');
    expect(page).toContain('<strong>1 broken cell left out.</strong>');
    expect(page).toMatch(/<code>cells\/abmil\/plain\/brca\/seed1-fold1<\/code>: result.json: /);
    expect(page).toMatch(
      /1 cell without a result yet, the first\s+<code>cells\/abmil\/plain\/brca\/seed2-fold1/,
    );
    expect(page).toContain('abmil: 2 of 18 runs, from brca');
    expect(page).toContain('<strong>Synthetic data.</strong>');
    expect(page).toContain('<code>concord crosscancer reports/crosscancer --seeds 1,2</code>');
  });
});

describe.skipIf(!executablePath)('the study page in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath!, args: [...QUIET] });
  });
  afterAll(() => browser?.close());

  it.each([
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)(
    '%d pixels wide, %s: no complaint, no request, charts with words, nothing wider than the page',
    async (width, colorScheme) => {
      const { page, troubles } = await openFile(browser, file, { width, colorScheme });
      await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      const labels = await page
        .locator('svg[role=img]')
        .evaluateAll((charts) => charts.map((one) => one.getAttribute('aria-label') ?? ''));
      const kinds = (start: string) => labels.filter((label) => label.startsWith(start)).length;
      expect({
        ranks: kinds('Critical-difference diagram over 6 pairs'),
        // Deep models, modules, and the one module pair by pair.
        forests: kinds('Forest plot, '),
        // Two methods, nine pairs.
        survival: kinds('Kaplan–Meier curves of '),
        learning: kinds('Learning curves of '),
        shift: kinds('Domain shift of '),
        all: labels.length,
      }).toEqual({ ranks: 1, forests: 3, survival: 18, learning: 4, shift: 3, all: 29 });
      expect(await page.locator('table.heat').count()).toBe(4);
      expect(await page.locator('svg:not([role=img]):not([aria-hidden=true])').count()).toBe(0);
      expect(troubles).toEqual([]);
      await page.close();
    },
  );

  it('text can be told from what it stands on, in light and dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await openFile(browser, file, { width: 1280, colorScheme });
      const contrasts =
        await page.evaluate(`[...document.querySelectorAll('.heat td, .sentence, .rows td')].map((one) => {
        const light = (text) => {
          const [r, g, b] = text.match(/[\\d.]+/g).slice(0, 3).map((v) => { const c = v / 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; });
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        let ground = one;
        while (ground && /rgba\\(.*, 0\\)|transparent/.test(getComputedStyle(ground).backgroundColor)) ground = ground.parentElement;
        const [a, b] = [light(getComputedStyle(one).color), light(getComputedStyle(ground).backgroundColor)];
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      })`);
      // WCAG 2.2, level AA.
      expect(Math.min(...(contrasts as number[]))).toBeGreaterThan(4.5);
      await page.close();
    }
  });

  it('shows hostile names as names', async () => {
    const study = readStudy(folder);
    const named = {
      ...study,
      file: { ...study.file, command: hostile, environment: { [hostile]: hostile } },
      broken: [{ path: hostile, problem: hostile }],
      unfinished: [hostile],
    };
    const report = judgeStudy(named, { resamples: 100 });
    const methods = report.methods.map((row) => ({ ...row, stack: hostile as 'ts' }));
    const path = join(folder, 'hostile.html');
    writeFileSync(path, studyPage({ ...report, headline: hostile, methods }, named));
    const { page, troubles } = await openFile(browser, path, { width: 390, colorScheme: 'light' });
    expect(await page.title()).toMatch(/^Concord cross-cancer study/);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('script').count()).toBe(1);
    expect(await page.locator('.sentence').textContent()).toBe(hostile);
    expect(troubles).toEqual([]);
    await page.close();
  });
});
