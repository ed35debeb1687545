import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium, openFile, QUIET } from '../../html/chromium.testing.js';
import { outsiderRun, writeOutsiderRun } from '../../judgedRun/outsiderRun.testing.js';
import { checkFolders } from '../checkReport.js';
import { OUTSIDER_MUTANTS } from '../outsider.mutants.testing.js';
import { renderCheckPage } from './page.js';

const HOSTILE = 'TCGA-<img src=x onerror=alert(1)>"';

let folder = '';
let page = '';
/** A run whose ids are hostile and whose times were sorted: its page shows many of them. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'concord-check-page-'));
  const run = outsiderRun();
  for (const row of run.tables['risks.csv']!.slice(0, 1)) {
    const old = row['case_id'];
    for (const rows of Object.values(run.tables)) {
      for (const one of rows) for (const name of Object.keys(one)) if (one[name] === old) one[name] = HOSTILE;
    }
  }
  // A quote in a cell has to be quoted.
  for (const rows of Object.values(run.tables)) {
    for (const one of rows) {
      for (const name of Object.keys(one))
        if (one[name] === HOSTILE) one[name] = `"${HOSTILE.replace('"', '""')}"`;
    }
  }
  writeOutsiderRun(join(folder, 'run'), run);
  OUTSIDER_MUTANTS.find(({ name }) => name === 'times of two cases swapped')!.make(join(folder, 'run'));
  page = renderCheckPage(await checkFolders(['run', 'nowhere'], folder, 'concord check run nowhere'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('renderCheckPage', () => {
  it('needs nothing from elsewhere', () => {
    expect(page.match(/(?:src|href)="(?!#|data:)[^"]*"/g)).toBeNull();
    expect(page.match(/url\(|@import|https?:\/\/(?!www\.w3\.org)/g)).toBeNull();
  });
});

const executablePath = findChromium();

describe.skipIf(!executablePath)('the checks in Chromium', () => {
  let browser: Browser;
  beforeAll(
    async () => void (browser = await chromium.launch({ executablePath: executablePath!, args: [...QUIET] })),
  );
  afterAll(() => browser?.close());

  async function open(width = 1200) {
    const file = join(folder, 'check.html');
    writeFileSync(file, page);
    return openFile(browser, file, { width, colorScheme: 'light' });
  }

  it('opens without a complaint: what was found is open, the rest a click away', async () => {
    const { page, troubles } = await open();
    expect(await page.locator('h1').innerText()).toBe('FOUND');
    expect(await page.getByText('differ in 2 of 30 cases').isVisible()).toBe(true);
    const quiet = page.locator('details.subject', { hasText: 'No seed is set.' });
    const why = quiet.getByText('config.json: seed is 1');
    expect(await why.isVisible()).toBe(false);
    await quiet.locator('summary').click();
    expect(await why.isVisible()).toBe(true);
    expect(await page.getByRole('alert').innerText()).toContain('nowhere: there is no such folder');
    expect(troubles).toEqual([]);
  });

  it('fits a telephone without scrolling sideways', async () => {
    const { page } = await open(390);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  });

  it('shows hostile words as words', async () => {
    const { page, troubles } = await open();
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.getByText(HOSTILE).first().isVisible()).toBe(true);
    expect(troubles).toEqual([]);
  });
});
