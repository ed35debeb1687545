import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readStudy } from './studyFolder.js';
import { MADE_METHODS, writeMadeStudy } from './studyFolder.testing.js';

const CELL = 'cells/mcat/plain/blca/seed1-fold0';
let [made, folder] = ['', ''];
beforeAll(() => {
  made = mkdtempSync(join(tmpdir(), 'concord-study-'));
  writeMadeStudy(made, {
    cohorts: ['blca', 'brca'],
    cases: 30,
    folds: 2,
    seeds: [1],
    methods: MADE_METHODS.slice(0, 2),
  });
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'concord-study-'));
  cpSync(made, folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
afterAll(() => rmSync(made, { recursive: true, force: true }));

/** Change one file of the cell as text. */
function edit(file: string, change: (text: string) => string): void {
  const path = join(folder, CELL, file);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

/** Change one line of risks.csv, the first cross-domain case being line 16. */
function editLine(line: number, change: (cells: string[]) => void): void {
  edit('risks.csv', (text) => {
    const lines = text.split('\n');
    const cells = lines[line]!.split(',');
    change(cells);
    return [...lines.slice(0, line), cells.join(','), ...lines.slice(line + 1)].join('\n');
  });
}

describe('readStudy', () => {
  it('reads every cell: risks, curve, embeddings', () => {
    const { cells, broken, unfinished } = readStudy(folder);
    expect([cells.length, broken, unfinished]).toEqual([8, [], []]);
    const [cell] = cells.filter(({ path }) => path === CELL);
    expect(cell).toMatchObject({ backbone: 'mcat', module: 'plain', source: 'blca', seed: 1, fold: 0 });
    expect(cell!.judged.map(({ cohort, role, caseIds }) => [cohort, role, caseIds.length])).toEqual([
      ['blca', 'in-domain', 15],
      ['brca', 'cross-domain', 30],
    ]);
    expect(cell!.curve.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    expect(cell!.curve[1]!.validationCindex).toBe(0.52);
    expect(cell!.embeddings).toBe(join(folder, CELL, 'embeddings.csv'));
  });

  it.each<[string, () => void, RegExp]>([
    ['a result cut off', () => edit('result.json', (text) => text.slice(0, 80)), /^result.json: .*JSON/],
    [
      'a result of another schema',
      () => edit('result.json', (text) => text.replace('concord.cell/1', 'concord.cell/2')),
      /^result.json: \/schema must be equal to constant "concord.cell\/1"/,
    ],
    [
      'a result without a part',
      () => edit('result.json', (text) => text.replace('"parameters"', '"params"')),
      /^result.json: the file must have required property 'parameters'/,
    ],
    [
      'another config',
      () => edit('config.json', (text) => text.replace('"skill"', '"Skill"')),
      /^config.json: its SHA-256 is/,
    ],
    ['risks cut off', () => edit('risks.csv', (text) => text.slice(0, -30)), /^risks.csv: /],
    [
      'a whole row missing',
      () => edit('risks.csv', (text) => `${text.trim().split('\n').slice(0, -1).join('\n')}\n`),
      /risks.csv: cross-domain brca has 29 cases and \d+ events, result.json says 30/,
    ],
    [
      'a risk that is NaN',
      () => editLine(2, (cells) => (cells[5] = 'NaN')),
      /risks.csv, line 3: risk is NaN/,
    ],
    ['a month that is empty', () => editLine(2, (cells) => (cells[3] = '')), /line 3: months is/],
    [
      'an event that is true',
      () => editLine(2, (cells) => (cells[4] = 'true')),
      /line 3: event is true; expected 1/,
    ],
    [
      'a case twice',
      () => editLine(17, (cells) => (cells[2] = 'TCGA-ZZ-0001')),
      /risks.csv: cross-domain brca names a case twice/,
    ],
    [
      'another risk than the result',
      () => editLine(20, (cells) => (cells[5] = '99')),
      /has a C-index of 0\.\d+, result.json says 0\.\d+/,
    ],
    [
      'a role nobody knows',
      () => editLine(2, (cells) => (cells[1] = 'test')),
      /result.json knows no test blca/,
    ],
    [
      'a folder of another seed',
      () => renameSync(join(folder, CELL), join(folder, CELL.replace('seed1', 'seed9'))),
      /it is the result of cells\/mcat\/plain\/blca\/seed1-fold0; was the folder renamed/,
    ],
    [
      'losses cut off',
      () => edit('metrics.csv', (text) => `${text}5,200\n`),
      /^metrics.csv: .*ragged or the file is cut off/,
    ],
  ])('names a broken cell and goes on without it: %s', (_name, spoil, problem) => {
    spoil();
    const { cells, broken } = readStudy(folder);
    expect(cells.length).toBe(7);
    expect(broken.length).toBe(1);
    expect(broken[0]!.path).toMatch(/^cells\/mcat\/plain\/blca\/seed[19]-fold0$/);
    expect(broken[0]!.problem).toMatch(problem);
  });

  it('one case has one outcome, in whatever cell', () => {
    // The outcome changes, the order of times does not: C stays, and only other cells know better.
    editLine(16, (cells) => (cells[3] = String(Number(cells[3]) + 0.001)));
    const { broken } = readStudy(folder);
    expect(broken.map(({ problem }) => problem).join()).toMatch(
      /TCGA-ZZ-0001 of brca has .* months, event [01], but/,
    );
  });

  it('a cell without a result is unfinished, not broken', () => {
    rmSync(join(folder, CELL, 'result.json'));
    const { cells, broken, unfinished } = readStudy(folder);
    expect([cells.length, broken, unfinished]).toEqual([7, [], [CELL]]);
  });

  it('says what a folder is not', () => {
    const study = join(folder, 'study.json');
    const text = readFileSync(study, 'utf8');
    writeFileSync(study, text.replace('"folds": 2', '"folds": "two"'));
    expect(() => readStudy(folder)).toThrow(/study.json: \/folds must be integer/);
    writeFileSync(study, text.replace('"name": "brca"', '"name": "coad"'));
    expect(() => readStudy(folder)).toThrow(
      /no cell of this study is done; 8 are broken, .*study.json knows no cohort brca/,
    );
    rmSync(study);
    expect(() => readStudy(folder)).toThrow(/study.json: no such file; is .* the folder of a study/);
  });
});
