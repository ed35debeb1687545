import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium, openFile, QUIET } from '../../html/chromium.testing.js';
import type { Explanation } from '../explanation.js';
import { explainRuns } from '../explainRuns.js';
import { compared, plainRun, PLANTS } from '../plantedRuns.testing.js';
import { explanationPage } from './page.js';

const HOSTILE = '"><img src=x onerror=alert(1)>';

/** Three planted differences, and a name that is none. */
function planted(): Explanation {
  const start = plainRun(4);
  const end = [0, 1, 3].map((i) => PLANTS[i]!(4)).reduce((run, plant) => plant.of(run), start);
  const made = [{ name: 'seed', a: '7', b: HOSTILE, where: ['config.json: seed'] }];
  return explainRuns(compared(HOSTILE, start), compared('b', end), {
    ...{ command: 'concord explain a b', resamples: 100, seed: 1, made },
  });
}

describe('explanationPage', () => {
  it('needs nothing from elsewhere', () => {
    const page = explanationPage(planted());
    expect(page.match(/(?:src|href)="(?!#|data:)[^"]*"/g)).toBeNull();
    expect(page.match(/url\(|@import|https?:\/\/(?!www\.w3\.org)/g)).toBeNull();
  });

  it('draws no picture where nothing differs', () => {
    const run = compared('a', plainRun(4));
    const same = explainRuns(run, run, { command: 'x', resamples: 0, seed: 1, made: [] });
    expect(explanationPage(same)).not.toContain('<svg');
  });
});

const executablePath = findChromium();

describe.skipIf(!executablePath)('an explanation in Chromium', () => {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), 'concord-explain-page-'));
  beforeAll(
    async () => void (browser = await chromium.launch({ executablePath: executablePath!, args: [...QUIET] })),
  );
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(colorScheme: 'light' | 'dark' = 'light') {
    const file = join(folder, 'report.html');
    writeFileSync(file, explanationPage(planted()));
    return openFile(browser, file, { width: 1200, colorScheme });
  }

  it('shows the way from A to B as bars that meet, with the same in words', async () => {
    const { page, troubles } = await open();
    const { parts, a, b } = planted();
    const said = await page.locator('svg[role=img]').getAttribute('aria-label');
    for (const { name } of parts) expect(said).toContain(name);
    expect(said).toContain(
      `from the C-index of A, ${a.cindex!.toFixed(3)}, to that of B, ${b.cindex!.toFixed(3)}`,
    );
    // Width of a bar over the width of another is that of their shares.
    const widths = await page
      .locator('svg g[aria-label=bar] rect')
      .evaluateAll((bars) =>
        bars.map((bar) => Number((bar as { getAttribute(n: string): string }).getAttribute('width'))),
      );
    parts.forEach(({ share }, i) =>
      expect(widths[i]! / widths[0]!).toBeCloseTo(Math.abs(share / parts[0]!.share), 1),
    );
    expect(troubles).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('fits a telephone without scrolling sideways, %s', async (scheme) => {
    const { page } = await open(scheme);
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  });

  it('shows hostile words as words', async () => {
    const { page, troubles } = await open();
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('td', { hasText: 'onerror' }).count()).toBe(1);
    expect(troubles).toEqual([]);
  });
});
