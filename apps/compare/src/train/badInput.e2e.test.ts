import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { syntheticCohort, writeSynthetic } from '@concord/data';
import { execa } from 'execa';
import Papa from 'papaparse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = join(import.meta.dirname, '../../dist/main.js');

type Row = Record<string, string>;

let folder: string;
let good: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'concord-bad-'));
  good = join(folder, 'good');
  for (const name of ['blca', 'stad']) await writeSynthetic(good, syntheticCohort(name, { cases: 20 }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const OUTCOMES = 'datasets_csv/metadata/tcga_stad.csv';
const GENES = 'datasets_csv/raw_rna_data/xena/stad/rna_clean.csv';

/** A folder with both cohorts, of which stad has a file that was changed. */
async function spoiled(file: string, change: (text: string) => string): Promise<string> {
  const place = mkdtempSync(join(folder, 'spoiled-'));
  await execa('cp', ['-r', `${good}/.`, place]);
  writeFileSync(join(place, file), change(readFileSync(join(place, file), 'utf8')));
  return place;
}

function rows(change: (all: Row[]) => Row[]): (text: string) => string {
  return (text) =>
    Papa.unparse(change(Papa.parse<Row>(text.trim(), { header: true }).data), { newline: '\n' });
}

/** Everybody censored, but for so many. */
function censored(events: number): (text: string) => string {
  return rows((all) => all.map((row, i) => ({ ...row, censorship: i < events ? '0' : '1' })));
}

function concord(cwd: string, ...words: string[]) {
  return execa('node', [program, ...words], { reject: false, cwd });
}

const train = (cwd: string, ...words: string[]) =>
  concord(cwd, 'train', '--backbone', 'mlpomics', '--epochs', '1', '--out', 'out', ...words);

describe('concord train', { timeout: 600_000 }, () => {
  it.each([
    [
      'an all-censored source',
      OUTCOMES,
      censored(0),
      [],
      /error: stad: all 20 cases are censored; a survival model learns from events/,
    ],
    [
      'a fold without events',
      OUTCOMES,
      censored(4),
      [],
      /error: stad: fold \d of 5 would have no event; use fewer folds/,
    ],
    [
      'too few events for time bins',
      OUTCOMES,
      censored(2),
      ['--folds', '2'],
      /error: stad: 1 events give coinciding edges of 4 time bins/,
    ],
    [
      'a cohort of two patients',
      OUTCOMES,
      rows((all) => all.slice(0, 2)),
      [],
      /error: stad: 2 cases cannot make 5 folds/,
    ],
    [
      'genes that no pathway has',
      GENES,
      (text: string) => text.replaceAll('SYN', 'OTHER'),
      [],
      /error: .*none of the \d+ genes of SYNTHETIC_PATHWAY_1 is in the expression table/,
    ],
    [
      'a gene that is no number',
      GENES,
      (text: string) => text.replace(/,[\d.-]+\r?\n/, ',NaN\n'),
      [],
      /error: .*rna_clean\.csv, line 2: expression of SYN\d+ in TCGA-\S+ is "NaN", expected a number/,
    ],
    [
      'a cohort file without histology',
      'stad.yaml',
      (text: string) => text.replace(/histology:[^]*/, ''),
      [],
      /error: .*stad\.yaml: the file must have required property 'histology'/,
    ],
  ])('refuses %s, and begins no run', async (_, file, change, more, message) => {
    const place = await spoiled(file, change);
    const { exitCode, stderr } = await train(
      place,
      '--cohort',
      'stad.yaml',
      '--target',
      'blca.yaml',
      ...more,
    );
    expect(exitCode, stderr).toBe(2);
    expect(stderr).toMatch(message);
    expect(existsSync(join(place, 'out'))).toBe(false);
  });

  it.each([
    [
      'a feature that no training case has',
      ['A_HE', (i: number) => (i < 0 ? '1' : '')],
      /feature A_HE: was never measured in the cases to fit on/,
    ],
    ['features of another width', ['A_HE', String], /stad and blca: differ in width of patches/],
  ] as const)('refuses %s', async (_, [name, value], message) => {
    const place = await spoiled('stad.yaml', (text) =>
      text.replace('layout: synthetic', 'layout: hif2gene\n  file: features.csv'),
    );
    const ids = syntheticCohort('stad', { cases: 20 }).cases.map(({ caseId }) => caseId);
    const table = ids.map((id, i) => `${id},${value(i)},${i}`);
    writeFileSync(join(place, 'features.csv'), [`bcr_patient_barcode,${name},B_HE`, ...table, ''].join('\n'));
    const { exitCode, stderr } = await train(place, '--cohort', 'stad.yaml', '--target', 'blca.yaml');
    expect(exitCode, stderr).toBe(2);
    expect(stderr).toMatch(message);
  });

  it.each([
    [
      'has no event',
      censored(0),
      /stad \(cross-domain\): no C-index, .*all 20 cases are censored/,
      'C-index none, 20 cases, 0 events',
    ],
    ['has two patients', rows((all) => all.slice(0, 2)), /^/, '2 cases'],
  ])('judges a target that %s, and says what cannot be said of it', async (_, change, note, told) => {
    const place = await spoiled(OUTCOMES, change);
    const { exitCode, stdout, stderr } = await train(place, '--cohort', 'blca.yaml', '--target', 'stad.yaml');
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toMatch(note);
    expect(stdout).toContain(told);
  });

  it('refuses cohorts without a common gene', async () => {
    const place = await spoiled(GENES, (text) => text.replaceAll('SYN', 'OTHER'));
    for (const name of ['blca.yaml', 'stad.yaml']) {
      const file = readFileSync(join(place, name), 'utf8');
      writeFileSync(join(place, name), file.replace(/^ +pathways:.*\n/m, ''));
    }
    const { exitCode, stderr } = await train(place, '--cohort', 'stad.yaml', '--target', 'blca.yaml');
    expect(exitCode, stderr).toBe(2);
    expect(stderr).toContain('the cohorts have no gene in common');
    expect(existsSync(join(place, 'out'))).toBe(false);
  });

  it('judges a source that is its own target on held-out cases alone, and says so', async () => {
    const { exitCode, stdout, stderr } = await train(good, '--cohort', 'blca.yaml', '--target', 'blca.yaml');
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain('--target blca.yaml: it trains, and is judged on its held-out cases alone');
    expect(stdout).toMatch(/blca \(in-domain\): C-index \S+ \(.+ to .+\), 4 cases/);
    expect(stdout).not.toContain('cross-domain');
  });

  it('stops at a loss that is not finite, keeps the last good checkpoint, and says so again', async () => {
    const words = [
      '--cohort',
      'blca.yaml',
      '--epochs',
      '3',
      '--every',
      '1',
      '--lr',
      '1e30',
      '--out',
      'diverged',
    ];
    for (const more of [[], ['--resume']]) {
      const { exitCode, stderr } = await train(good, ...words, ...more);
      expect(exitCode, stderr).toBe(2);
      expect(stderr).toMatch(
        /the loss is NaN in step \d+, at TCGA-\S+ of blca; no weight was changed by that step/,
      );
      const [step] = /in step (\d+)/.exec(stderr)!.slice(1).map(Number);
      const last = readdirSync(join(good, 'diverged', 'checkpoints'))
        .sort()
        .at(-1);
      expect(last).toBe(`checkpoint-${String(step! - 1).padStart(8, '0')}.safetensors`);
    }
  });
});

describe('concord crosscancer', { timeout: 600_000 }, () => {
  it('goes on where one cohort has no event, and names what is not computed', async () => {
    const place = await spoiled(OUTCOMES, censored(0));
    const words = ['--backbone', 'mlpomics,ridge-cox', '--module', 'plain', '--seeds', '7', '--epochs', '1'];
    const { exitCode, stdout, stderr } = await concord(
      place,
      ...['crosscancer', '--cohort', 'blca.yaml,stad.yaml', ...words, '--out', 'study'],
    );
    expect(exitCode, stderr).toBe(2);
    expect(stderr).toMatch(/not computed: mlpomics × plain on stad, seed 7: .*all 20 cases are censored/);
    expect(stdout).toMatch(/^2 of 4 cells in study\n/);
    const { planted } = JSON.parse(readFileSync(join(place, 'study', 'study.json'), 'utf8')) as {
      planted: { cohort: string }[];
    };
    expect(planted.map(({ cohort }) => cohort)).toEqual(['blca']);
  });
});
