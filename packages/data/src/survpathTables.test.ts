import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTable } from './tables/textTable.js';
import { SURVPATH } from './clinical/clinicalLayout.js';
import { readSurvival } from './clinical/readSurvival.js';
import { listSurvpathCohorts, readSurvpathCohort } from './survpathTables.js';
import { fitTimeBins, timeBin } from './clinical/timeBins.js';

const root = join(import.meta.dirname, '../../..');
const tables = join(process.env['CONCORD_TCGA'] ?? join(root, '../shared/tcga'), 'survpath');
const python = process.env['CONCORD_BRIDGE_PYTHON'] ?? join(root, '.venv/bin/python');

describe.skipIf(!existsSync(tables))(`real tables (skipped where ${tables} is not)`, () => {
  // Counts of the published code on the same tables, `published-baselines` 5.2.
  it.each([
    ['blca', 359, [62, 70, 88, 139], [0.499999, 8.2, 13.766667, 21.7, 165.566668]],
    ['brca', 871, [280, 195, 196, 200], [0.033332, 18.516667, 32.583333, 63.5, 286.833334]],
    ['hnsc', 394, [65, 53, 81, 195], [0.066666, 9.133333, 13.166667, 21.033333, 213.900001]],
    ['stad', 319, [65, 43, 69, 142], [0.099999, 8.983333, 12.566667, 18.683333, 118.000001]],
  ])('%s has the published time bins', (name, cases, counts, edges) => {
    const table = readTable(join(tables, 'datasets_csv/metadata', `tcga_${name}.csv`));
    const records = [...readSurvival(table, SURVPATH).cases.values()].map(({ outcomes }) => outcomes.dss!);
    expect(records.length).toBe(cases);
    const found = fitTimeBins(records, 4, name);
    found.forEach((edge, i) => expect(edge).toBeCloseTo(edges[i]!, 5));
    const bins = records.map(({ timeMonths }) => timeBin(timeMonths, found, name));
    expect([0, 1, 2, 3].map((bin) => bins.filter((other) => other === bin).length)).toEqual(counts);
  });

  it.skipIf(!existsSync(python))('blca has the numbers that Python reads, case by case', () => {
    const cohort = readSurvpathCohort(tables, 'blca');
    expect(cohort.pathways.length).toBe(331);
    expect(cohort.synthetic).toEqual({ cases: false, genes: false, patches: true, outcomes: false });
    const script = `
import csv, json, sys
root, case = sys.argv[1:]
rna = list(csv.reader(open(f"{root}/raw_rna_data/xena/blca/rna_clean.csv")))
genes, rows = rna[0][1:], {row[0]: [float(v) for v in row[1:]] for row in rna[1:]}
cases = {row["case_id"] for row in csv.DictReader(open(f"{root}/metadata/tcga_blca.csv"))}
kept = [rows[c] for c in rows if c in cases]
low, high = min(map(min, kept)), max(map(max, kept))
sets = list(csv.reader(open(f"{root}/metadata/combine_signatures.csv")))
packed = []
for i in range(len(sets[0])):
    found = sorted({row[i] for row in sets[1:] if row[i]} & set(genes))
    packed += [2 * (rows[case][genes.index(g)] - low) / (high - low) - 1 for g in found]
print(json.dumps(packed))`;
    for (const one of [cohort.cases[0]!, cohort.cases[200]!]) {
      const text = execFileSync(python, ['-c', script, join(tables, 'datasets_csv'), one.caseId], {
        maxBuffer: 2 ** 26,
      });
      const expected = JSON.parse(text.toString()) as number[];
      expect(one.genes.length).toBe(expected.length);
      one.genes.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
    }
  });

  it('stad drops the case without genes, and says so', () => {
    const cohort = readSurvpathCohort(tables, 'stad');
    expect(cohort.cases.length).toBe(318);
    expect(cohort.findings.find(({ kind }) => kind === 'attrition')?.detail).toContain('TCGA-CD-A487');
  });

  it('brca and hnsc, which have no genes there, are refused in one sentence', () => {
    for (const name of ['brca', 'hnsc']) {
      expect(() => readSurvpathCohort(tables, name)).toThrow(
        new RegExp(`rna_clean.csv: no expression table for ${name}.*cohorts with one: blca, stad$`),
      );
    }
    expect(
      listSurvpathCohorts(tables)
        .filter(({ missing }) => missing)
        .map(({ name }) => name),
    ).toEqual(['brca', 'hnsc']);
  });
});

describe('a folder of tables', () => {
  let folder: string;
  const METADATA = 'metadata/tcga_blca.csv';
  const RNA = 'raw_rna_data/xena/blca/rna_clean.csv';
  const SIGNATURES = 'metadata/combine_signatures.csv';
  const HEADER = 'case_id,slide_id,survival_months_dss,censorship_dss';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tables-'));
    const months = [1, 2, 3, 4, 5, 6, 7, 8];
    put(METADATA, [
      HEADER,
      ...months.map((time) => `TCGA-AA-000${time},S${time}.svs,${time},${time % 4 === 0 ? 1 : 0}.0`),
    ]);
    // In another order than the metadata: rows must not be paired by position.
    put(RNA, [',G1,G2,G3', ...[...months].reverse().map((time) => `TCGA-AA-000${time},${time},0,${-time}`)]);
    put(SIGNATURES, ['P,Q', 'G2,G3', 'G1,']);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function put(name: string, lines: string[], end = '\n'): void {
    const path = join(folder, 'datasets_csv', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, lines.join(end) + end);
  }
  const read = () => readSurvpathCohort(folder, 'blca', { patchWidth: 4, patches: [2, 3] });

  it('pairs genes and outcomes by case', () => {
    for (const { caseId, timeMonths, genes } of read().cases) {
      expect(caseId).toBe(`TCGA-AA-000${timeMonths}`);
      // Scaled from [−8, 8] to [−1, 1]; P is sorted to G1, G2.
      expect([...genes]).toEqual([timeMonths / 8, 0, -timeMonths / 8].map(Math.fround));
    }
  });

  it('reads a byte order mark and Windows line ends', () => {
    put(
      METADATA,
      [`\uFEFF${HEADER}`, ...[1, 2, 3, 4, 5, 6].map((time) => `TCGA-AA-000${time},S.svs,${time},0`)],
      '\r\n',
    );
    put(RNA, [',G1,G2,G3', ...[1, 2, 3, 4, 5, 6].map((time) => `TCGA-AA-000${time},1,2,3`)], '\r\n');
    expect(read().cases.length).toBe(6);
  });

  it.each([
    [
      'no such cohort',
      () => rmSync(join(folder, 'datasets_csv', METADATA)),
      /tcga_blca.csv: no such file; cohorts there: none/,
    ],
    [
      'a missing column',
      () => put(METADATA, ['case_id,slide_id,survival_months_dss', 'A,S,1']),
      /no column censorship_dss; it has 3/,
    ],
    ['an empty file', () => put(METADATA, ['']), /the file is empty/],
    ['no rows', () => put(METADATA, [HEADER]), /header and no rows/],
    [
      'months of zero',
      () => put(METADATA, [HEADER, 'TCGA-AA-0001,S,0,1']),
      /no case has the endpoint dss: TCGA-AA-0001 has follow-up of 0 months .*line 2/,
    ],
    ['no months', () => put(METADATA, [HEADER, 'TCGA-AA-0001,S,,1']), /has a status without a time/],
    [
      'months that are no number',
      () => put(METADATA, [HEADER, 'TCGA-AA-0001,S,long,1']),
      /line 2: time of TCGA-AA-0001 is "long", expected a number/,
    ],
    ['a flag of two', () => put(METADATA, [HEADER, 'TCGA-AA-0001,S,3,2']), /is "2", expected 0 or 1/],
    [
      'a case with two outcomes',
      () => put(METADATA, [HEADER, 'TCGA-AA-0001,S,3,1', 'TCGA-AA-0001,T,4,1']),
      /line 3: case TCGA-AA-0001 has another outcome/,
    ],
    [
      'NaN among the genes',
      () => put(RNA, [',G1,G2,G3', 'TCGA-AA-0001,1,NaN,3']),
      /line 2: expression of G2 in TCGA-AA-0001 is "NaN"/,
    ],
    [
      'a blank among the genes',
      () => put(RNA, [',G1,G2,G3', 'TCGA-AA-0001,1,,3']),
      /expression of G2 in TCGA-AA-0001 is ""/,
    ],
    [
      'a case with two rows of genes',
      () => put(RNA, [',G1,G2,G3', 'TCGA-AA-0001,1,2,3', 'TCGA-AA-0001,1,2,3']),
      /line 3: case TCGA-AA-0001 occurs twice/,
    ],
    [
      'a ragged row',
      () => put(RNA, [',G1,G2,G3', 'TCGA-AA-0001,1,2']),
      /line 2: has 3 cells, the header has 4/,
    ],
    ['a gene that occurs twice', () => put(RNA, [',G1,G1', 'TCGA-AA-0001,1,2']), /column G1 occurs twice/],
    ['a signature without genes', () => put(SIGNATURES, ['P,Q', 'G1,NONE']), /none of the 1 genes of Q/],
    ['genes of other cases', () => put(RNA, [',G1,G2,G3', 'TCGA-ZZ-0001,1,2,3']), /none of its cases is in/],
    ['all cases censored', () => put(METADATA, [HEADER, 'TCGA-AA-0001,S,3,1']), /all 1 cases are censored/],
  ])('%s is refused', (_name, spoil, words) => {
    spoil();
    expect(read).toThrow(words);
  });

  it('another folder is refused', () => {
    expect(() => readSurvpathCohort(tmpdir(), 'blca')).toThrow('no datasets_csv/metadata in it');
  });
});
