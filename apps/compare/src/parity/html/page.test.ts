import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatError } from '../format.js';
import { fixtureReport } from '../report.fixture.js';
import type { ParityReport } from '../report.js';
import { notCompared, summarize } from '../summary.js';
import { renderPage } from './page.js';

const hostile = `"><img src=x onerror="document.title='taken'"><script>document.title='taken'</script>`;

/** Chromium from CHROMIUM, or from where it is usually installed. */
function findChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const found = names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((file) => existsSync(file));
  return process.env['CHROMIUM'] ?? found;
}

const executablePath = findChromium();
if (!executablePath)
  console.warn('No Chromium here (set CHROMIUM to its path): the report is not looked at in a browser.');

const QUIET = [
  ...['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

describe('renderPage', () => {
  it('says the verdict, what is synthetic and how to replay', () => {
    const page = renderPage(fixtureReport());
    expect(page).toMatch(/<h1 class="verdict same">SAME<\/h1>/);
    expect(page).toContain('<strong>Synthetic data.</strong>');
    expect(page).toContain('--seed 7 --replay reports/parity/20251123-133800/tape.safetensors');
  });

  it('needs nothing from elsewhere', () => {
    const page = renderPage(fixtureReport({ differs: true }));
    expect(page.match(/(?:src|href)="(?!#|data:)[^"]*"/g)).toBeNull();
    expect(page.match(/url\(|@import|https?:\/\/(?!www\.w3\.org)/g)).toBeNull();
  });

  it('says NOT COMPARED, and why, when nothing was', () => {
    const verdicts = [
      notCompared({ backbone: 'survpath', variant: 'plain', witness: 'reference' }, 'no RNA table'),
    ];
    const report = {
      ...fixtureReport(),
      subjects: [],
      verdicts,
      findings: [],
      summary: summarize([], verdicts),
    };
    expect(renderPage(report)).toContain('Nothing was compared: no RNA table.');
  });
});

describe.skipIf(!executablePath)('the report in Chromium', () => {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), 'concord-page-'));

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath!, args: QUIET });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The page, with whatever it complained about and asked the network for. */
  async function open(report: ParityReport): Promise<{ page: Page; troubles: string[] }> {
    const file = join(folder, 'report.html');
    writeFileSync(file, renderPage(report));
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    const troubles: string[] = [];
    page.on('console', (message) => troubles.push(message.text()));
    page.on('pageerror', (error) => troubles.push(error.message));
    page.on('request', (request) => {
      if (!/^(file|data):/.test(request.url())) troubles.push(request.url());
    });
    await page.goto(pathToFileURL(file).href);
    return { page, troubles };
  }

  it('opens without a complaint or a request, its charts in sight', async () => {
    const { page, troubles } = await open(fixtureReport());
    const charts = page.locator('details[open] figure svg[role="img"]');
    expect(await charts.count()).toBe(3);
    for (const chart of await charts.all()) {
      const box = await chart.boundingBox();
      expect(box!.width).toBeGreaterThan(300);
      expect(box!.height).toBeGreaterThan(200);
      expect(await chart.getAttribute('aria-label')).toMatch(/^Error of each/);
    }
    expect(troubles).toEqual([]);
  });

  it('fits a telephone without scrolling sideways', async () => {
    const { page } = await open(fixtureReport({ differs: true }));
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  });

  it('shows the numbers of the report, in the order of computation, and sorts them', async () => {
    const report = fixtureReport({ differs: true });
    const { page } = await open(report);
    const table = page.locator('#survpath-cade-fisher-rao-reference table.rows');
    await page.getByText('All 142 quantities in a table').filter({ visible: true }).click();
    const column = (n: number) => table.locator(`tbody tr td:nth-child(${n})`).allTextContents();
    const rows = report.subjects.filter((row) => row.variant === 'cade-fisher-rao');
    expect((await column(6)).sort()).toEqual(rows.map((row) => formatError(row.errorTs)).sort());
    expect((await column(1)).slice(0, 3)).toEqual(['1', '2', '3']);

    await table.getByRole('button', { name: 'Ratio' }).click();
    await table.getByRole('button', { name: 'Ratio' }).click();
    expect(await table.locator('th[aria-sort="descending"]').textContent()).toBe('Ratio');
    const worst = rows.reduce((a, b) => (a.ratio >= b.ratio ? a : b));
    expect((await table.locator('tbody tr').first().textContent())!).toContain(worst.quantity);
  });

  it('opens the subject that the heat map points at, and everything for print', async () => {
    const { page } = await open(fixtureReport());
    await page.getByRole('link', { name: 'survpath × dsu' }).click();
    await expect.poll(() => page.locator('#survpath-dsu-reference').getAttribute('open')).not.toBeNull();
    await page.pdf();
    expect(await page.locator('details.subject:not([open])').count()).toBe(0);
  });

  it('shows hostile names as names', async () => {
    const report = fixtureReport({ differs: true });
    const { page, troubles } = await open({
      ...report,
      command: hostile,
      data: { ...report.data, cohort: hostile, source: hostile, digests: { [hostile]: hostile } },
      subjects: report.subjects.map((row) => ({
        ...row,
        quantity: `${hostile}${row.quantity}`,
        reason: hostile,
      })),
      findings: [{ kind: hostile, title: hostile, detail: hostile, source: hostile }],
    });
    expect(await page.title()).toContain(hostile);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('script').count()).toBe(1);
    expect(troubles).toEqual([]);
  });
});
