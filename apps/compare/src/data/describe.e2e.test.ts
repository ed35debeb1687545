import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromium, type Browser } from 'playwright-core';

const program = join(import.meta.dirname, '../../dist/main.js');
const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);

function concord(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, 'data', ...args], (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}

describe('concord data', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'concord-data-'));
    expect((await concord('synth', folder, '--cohort', 'blca,hnsc', '--cases', '40')).code).toBe(0);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('the same seed writes the same files', async () => {
    const again = mkdtempSync(join(tmpdir(), 'concord-data-'));
    await concord('synth', again, '--cohort', 'blca,hnsc', '--cases', '40');
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(files.length).toBeGreaterThan(15);
    // HDF5 writes down when an object was made; what is in it, the test of the layouts compares.
    for (const { parentPath, name } of files.filter((file) => !file.name.endsWith('.h5'))) {
      const path = join(parentPath, name);
      expect(readFileSync(path.replace(folder, again), 'utf8')).toBe(readFileSync(path, 'utf8'));
    }
    rmSync(again, { recursive: true });
  });

  it('describes cohorts, and finds a sound split sound', async () => {
    const split = join(folder, 'splits/5foldcv/tcga_blca/splits_0.csv');
    const { code, out } = await concord(
      'describe',
      join(folder, 'blca.yaml'),
      '--split',
      split,
      '--json',
      '-',
    );
    expect(code).toBe(0);
    const { schema, cohorts } = JSON.parse(out) as { schema: string; cohorts: Record<string, unknown>[] };
    expect(schema).toBe('concord-cohorts/1');
    expect(cohorts[0]).toMatchObject({
      name: 'blca',
      cases: 40,
      leaks: [],
      synthetic: ['cases', 'genes', 'patches', 'outcomes'],
    });
  });

  it('exits 1 for a split whose validation trains, 2 for a file that is none', async () => {
    const split = join(folder, 'leaky.csv');
    writeFileSync(split, ',train,val\n0,TCGA-ZZ-0001,TCGA-ZZ-0001\n1,TCGA-ZZ-0002,TCGA-ZZ-0003\n');
    const leaky = await concord('describe', join(folder, 'blca.yaml'), '--split', split);
    expect([leaky.code, leaky.out.includes('leaky.csv: 1 cases train and validate')]).toEqual([1, true]);
    writeFileSync(join(folder, 'bad.yaml'), 'name: x\n');
    const bad = await concord('describe', join(folder, 'bad.yaml'));
    expect(bad.code).toBe(2);
    expect(bad.err).toMatch(/bad.yaml: .*must have required property 'outcomes'/);
  });

  it('fits on the training cases of a split, and writes what was fitted', async () => {
    const split = join(folder, 'splits/5foldcv/tcga_blca/splits_0.csv');
    const path = join(folder, 'fitted.json');
    const line = ['describe', join(folder, 'blca.yaml'), '--fit-on', split, '--fitted', path];
    const { code, out } = await concord(...line);
    expect([code, out.includes('fitted on 32 of 40 cases')]).toEqual([0, true]);
    const fitted = JSON.parse(readFileSync(path, 'utf8')) as {
      cohort: string;
      cases: number;
      edges: number[];
    };
    expect(fitted).toMatchObject({ form: 'concord-fitted/1', cohort: 'blca', cases: 32 });
    expect(fitted.edges.length).toBe(5);
  });

  it.each([
    [['synth', 'x', '--censoring', '1'], /--censoring <share>' argument '1' is invalid. Expected a share/],
    [['synth', 'x', '--gene-signal', 'NaN'], /argument 'NaN' is invalid. Expected a number from 0/],
    [['describe', '.'], /is a folder; name the cohort file in it/],
    [['describe', '/dev/null'], /is empty; a cohort file names outcomes, genes, histology/],
  ])('%j is refused with a word of what to do', async (line, words) => {
    const { code, err } = await concord(...line);
    expect(err).toMatch(words);
    expect(code).toBe(2);
  });

  it('doctor takes a single table for a table, workbooks and archives included', async () => {
    for (const name of ['tcga-cdr.xlsx', 'tcga-cdr.csv', 'porpoise/tcga_blca_all_clean.csv.zip']) {
      const table = join(folder, 'layouts/blca', name);
      const { code, out } = await concord('doctor', table, '--report', join(folder, 'doctor'));
      expect(out).toMatch(/^HEALTHY {2}0 files, 1 table, 0 problems, 0 warnings/);
      expect(code).toBe(0);
    }
  });

  it('a split that names nobody of any cohort is an error, not a sound split', async () => {
    const split = join(folder, 'other.csv');
    writeFileSync(split, ',train,val\n0,TCGA-AA-0001,TCGA-AA-0002\n');
    const { code, err } = await concord('describe', join(folder, 'blca.yaml'), '--split', split);
    expect([code, err.includes('names no case of blca; is it a split of another cohort?')]).toEqual([
      2,
      true,
    ]);
  });

  describe.skipIf(!browserPath)('the page in a browser (skipped where there is no Chromium)', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: browserPath!, args: ['--no-sandbox'] });
    }, 60_000);
    afterAll(() => browser.close());

    it.each([
      [1280, 'light'],
      [390, 'dark'],
    ] as const)(
      '%s pixels wide, %s: no error, no request, charts with words, nothing wider than the page',
      async (width, colorScheme) => {
        const path = join(folder, 'cohorts.html');
        await concord('describe', join(folder, 'blca.yaml'), join(folder, 'hnsc.yaml'), '--report', path);
        const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
        const faults: string[] = [];
        page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
        page.on('pageerror', (error) => faults.push(error.message));
        page.on('request', (request) => request.url().startsWith('file:') || faults.push(request.url()));
        await page.goto(`file://${path}`);
        expect(faults).toEqual([]);
        const labels = await page
          .locator('svg[role=img]')
          .evaluateAll((charts) => charts.map((one) => one.getAttribute('aria-label')));
        expect(labels.length).toBe(11);
        for (const kind of ['Attrition', 'Censoring', 'Sites', 'Features', 'Overlap'])
          expect(labels.filter((label) => label?.startsWith(`${kind} of `)).length).toBe(2);
        expect(labels[0]).toMatch(/^Kaplan–Meier curves/);
        const wide = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
        expect(wide).toBeLessThanOrEqual(0);
        expect(await page.locator('[role=note]').count()).toBe(2);
        await page.close();
      },
    );
  });
});
