import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { HIF2GENE, PORPOISE, rtcgaLayout, SURVPATH } from './clinical/clinicalLayout.js';
import { compareAttributes, readAttributes } from './clinical/caseAttributes.js';
import { compareSurvival } from './clinical/compareSurvival.js';
import { readSurvival } from './clinical/readSurvival.js';
import type { Endpoint, SurvivalTable } from './clinical/survivalTable.js';
import { fitTimeBins, timeBin } from './clinical/timeBins.js';
import { COHORTS } from './cohort.js';
import { checkLeakage } from './cohorts/leakage.js';
import { readSplit } from './cohorts/splits.js';
import { readCaseRows, readPorpoiseAssay } from './genes/readExpression.js';
import { readSignatures } from './genes/signatures.js';
import { readHif2gene } from './histology/hif2gene.js';
import { PATCH_MAPS, readPatchMaps } from './histology/patchMaps.js';
import { readPathologistReads } from './histology/pathologistReads.js';
import { readTableFile } from './tables/tableFile.js';

const root = join(import.meta.dirname, '../../..');
const tcga = process.env['CONCORD_TCGA'] ?? join(root, '../shared/tcga');
const python = process.env['CONCORD_BRIDGE_PYTHON'] ?? join(root, '.venv/bin/python');
const here = existsSync(tcga) && existsSync(python);

/** What pandas reads, see python-bridge/src/concord_bridge/reference_tables.py. */
interface Survival {
  cases: number;
  events: number;
  outcomes: string;
}
interface Reference {
  survpath: Record<
    string,
    Record<Endpoint, Survival> & {
      slides: number;
      edges: number[];
      labels: number[];
      rna?: { cases: number; genes: number; values: string };
    }
  >;
  porpoise: Record<
    string,
    { slides: number; os: Survival } & Record<'rnaseq' | 'cnv' | 'mut', { genes: number; values: string }>
  >;
  hif2gene: Record<
    string,
    { slides: number; cases: number; features: number; values: string; os: Survival | null }
  >;
  rtcga: Record<string, { cases: number; usable: number; events: number }>;
  tilmaps: Record<string, { slides: number; cases: number; patches: number }>;
  attributes: Record<string, { cases: number; contradictions: number; values: string }>;
  sets: Record<string, string>;
  splits: Record<string, string>;
}

describe.skipIf(!here)(`real tables, every value as pandas reads it (skipped where ${tcga} is not)`, () => {
  let reference: Reference;
  beforeAll(() => {
    const text = execFileSync(python, ['-m', 'concord_bridge.reference_tables', tcga], {
      maxBuffer: 2 ** 26,
    });
    reference = JSON.parse(text.toString()) as Reference;
  }, 60_000);

  const survpath = (name: string) =>
    readTableFile(join(tcga, 'survpath/datasets_csv/metadata', `tcga_${name}.csv`));
  const porpoise = (name: string) => readTableFile(join(tcga, 'porpoise', `tcga_${name}_all_clean.csv.zip`));

  it.each(COHORTS)('SurvPath metadata of %s: three endpoints, slides, published bins', async (name) => {
    const table = readSurvival(await survpath(name), SURVPATH);
    const expected = reference.survpath[name]!;
    for (const endpoint of ['os', 'dss', 'pfi'] as const) {
      expect(summary(table, endpoint)).toEqual(expected[endpoint]);
    }
    expect(slides(table)).toBe(expected.slides);
    const followUp = sorted(table.cases).map(([, { outcomes }]) => outcomes.dss!);
    const edges = fitTimeBins(followUp, 4, name);
    edges.forEach((edge, i) => expect(edge).toBeCloseTo(expected.edges[i]!, 12));
    expect(followUp.map(({ timeMonths }) => timeBin(timeMonths, edges, name))).toEqual(expected.labels);
  });

  it.each(['blca', 'stad'])('expression of %s', async (name) => {
    const path = join(tcga, 'survpath/datasets_csv/raw_rna_data/xena', name, 'rna_clean.csv');
    const table = readCaseRows(await readTableFile(path));
    const found = { cases: table.cases.size, genes: table.genes.length, values: digest(matrix(table.cases)) };
    expect(found).toEqual(reference.survpath[name]!.rna);
    expect(table.unit).toBe('log2(tpm+0.001)');
  });

  it.each(COHORTS)('PORPOISE %s: outcomes, RNA, copy numbers, mutations', async (name) => {
    const table = await porpoise(name);
    const outcomes = readSurvival(table, PORPOISE);
    expect(summary(outcomes, 'os')).toEqual(reference.porpoise[name]!.os);
    expect(slides(outcomes)).toBe(reference.porpoise[name]!.slides);
    for (const assay of ['rnaseq', 'cnv', 'mut'] as const) {
      const { genes, cases } = readPorpoiseAssay(table, assay);
      expect({ genes: genes.length, values: digest(matrix(cases)) }).toEqual(
        reference.porpoise[name]![assay],
      );
    }
  });

  it.each(['brca', 'stad'])('hif2gene features of %s', async (name) => {
    const { slides: rows, features } = readHif2gene(
      await readTableFile(join(tcga, 'hif2gene', `${name}.hifs.csv`)),
    );
    expect({
      slides: rows.length,
      cases: new Set(rows.map(({ caseId }) => caseId)).size,
      features: features.length,
      values: digest(rows.map(({ values }) => values)),
    }).toEqual(withoutOutcomes(reference.hif2gene[name]!));
  });

  it('hif2gene has the same 607 features in both cohorts, and BRCA shares 884 cases with PORPOISE', async () => {
    const [brca, stad] = await Promise.all(
      ['brca', 'stad'].map(async (name) =>
        readHif2gene(await readTableFile(join(tcga, 'hif2gene', `${name}.hifs.csv`))),
      ),
    );
    expect([...brca!.features].sort()).toEqual([...stad!.features].sort());
    const rna = readPorpoiseAssay(await porpoise('brca'), 'rnaseq');
    expect(brca!.slides.filter(({ caseId }) => rna.cases.has(caseId)).length).toBe(884);
  });

  it('clinical columns of hif2gene', async () => {
    const table = readSurvival(await readTableFile(join(tcga, 'hif2gene/stad.hifs.csv')), HIF2GENE);
    expect(summary(table, 'os')).toEqual(reference.hif2gene['stad']!.os);
  });

  it.each(COHORTS)("pathologists' reads of %s", async (name) => {
    const table = await readTableFile(join(tcga, 'rtcga/pathologist_slide_reads.csv'));
    const expected = reference.rtcga[name]!;
    expect(readPathologistReads(table, name).cases.size).toBe(expected.cases);
    const outcomes = [...readSurvival(table, rtcgaLayout(name)).cases.values()].flatMap(
      (one) => one.outcomes.os ?? [],
    );
    expect(outcomes.length).toBe(expected.usable);
    expect(outcomes.filter(({ event }) => event).length).toBe(expected.events);
  });

  it.each(['brca', 'blca'] as const)(
    'patch maps of %s: slides, cases, patches',
    (name) => {
      const { cases } = readPatchMaps(join(tcga, 'tilmaps', name), PATCH_MAPS[name]);
      const all = [...cases.values()];
      expect({
        slides: all.reduce((sum, { slideIds }) => sum + slideIds.length, 0),
        cases: all.length,
        patches: all.reduce((sum, { rows }) => sum + rows, 0),
      }).toEqual(reference.tilmaps[name]);
    },
    120_000,
  );

  it('no file is left that nothing reads', () => {
    const here = readdirSync(tcga, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => relative(tcga, join(parentPath, name)));
    const read = new Set([
      ...Object.keys({ ...reference.attributes, ...reference.sets, ...reference.splits }),
      ...COHORTS.map((name) => `survpath/datasets_csv/metadata/tcga_${name}.csv`),
      ...['blca', 'stad'].map((name) => `survpath/datasets_csv/raw_rna_data/xena/${name}/rna_clean.csv`),
      ...COHORTS.map((name) => `porpoise/tcga_${name}_all_clean.csv.zip`),
      ...['brca', 'stad'].map((name) => `hif2gene/${name}.hifs.csv`),
      'rtcga/pathologist_slide_reads.csv',
      'README.md',
    ]);
    const maps = here.filter((path) => /^tilmaps\/(brca|blca)\/[^/]+\.png$/.test(path));
    expect(maps.length).toBe(911 + 357);
    expect(here.filter((path) => !read.has(path) && !maps.includes(path))).toEqual([]);
  });

  it('stage, grade and subtype of every case, by the name of the column', async () => {
    expect(Object.keys(reference.attributes).length).toBe(5);
    for (const [path, expected] of Object.entries(reference.attributes)) {
      const { cases, contradictions } = readAttributes(await readTableFile(join(tcga, path)));
      const rows = sorted(cases).map(([id, { stage = '', grade = '', subtype = '' }]) => [
        id,
        stage,
        grade,
        subtype,
      ]);
      const found = { cases: cases.size, contradictions: contradictions.length, values: textDigest(rows) };
      expect(found, path).toEqual(expected);
    }
  });

  it("MCCSDG's table has subtypes of BRCA in the column grade, and that is found", async () => {
    const of = async (path: string) => readAttributes(await readTableFile(join(tcga, path)));
    const mccsdg = await of('mccsdg/datasets_csv/clinical_data/all.csv');
    const survpath = await of('survpath/datasets_csv/clinical_data/tcga_brca_clinical.csv');
    expect(mccsdg.cases.get('TCGA-3C-AALI')!.grade).toBeUndefined();
    expect(mccsdg.strange).toContainEqual({ field: 'grade', value: 'IDC', cases: 814 });
    expect(mccsdg.strange.reduce((sum, { cases }) => sum + cases, 0)).toBe(1108);
    expect(survpath.strange).toEqual([]);
    const { neverAlike } = compareAttributes(survpath.cases, mccsdg.cases);
    expect(neverAlike.map(({ field }) => field)).toEqual(['subtype']);
  });

  it('every gene set, from ragged columns and from matrices of 0 and 1', async () => {
    expect(Object.keys(reference.sets).length).toBe(7);
    for (const [path, expected] of Object.entries(reference.sets)) {
      const sets = readSignatures(await readFile(join(tcga, path)), path);
      expect(textDigest([...sets].map(([name, genes]) => [name, ...genes])), path).toBe(expected);
    }
  });

  it('the 331 sets are the same in both forms, though their columns stand in another order', async () => {
    const folder = join(tcga, 'survpath/datasets_csv');
    const of = async (path: string) => {
      const sets = readSignatures(await readFile(join(folder, path)), path);
      return new Map([...sets].map(([name, genes]) => [name, new Set(genes)]));
    };
    const [ragged, matrix] = [
      await of('metadata/combine_signatures.csv'),
      await of('pathway_compositions/combine_comps.csv'),
    ];
    expect(matrix).toEqual(ragged);
    expect([...matrix.keys()]).not.toEqual([...ragged.keys()]);
  });

  it('every split, case by case', async () => {
    expect(Object.keys(reference.splits).length).toBe(24);
    for (const [path, expected] of Object.entries(reference.splits)) {
      const { train, validation } = readSplit(await readTableFile(join(tcga, path)));
      expect(textDigest([train, validation]), path).toBe(expected);
    }
  });

  it('SurvPath and PORPOISE disagree on follow-up, and on the status of one STAD case', async () => {
    const first = readSurvival(await survpath('stad'), SURVPATH);
    const second = readSurvival(await porpoise('stad'), PORPOISE);
    const events = compareSurvival(first, second).filter(({ field }) => field === 'event');
    expect(events.length).toBe(1);
  });

  it.each([
    ['tcga_blca', 'blca'],
    ['tcga_br', 'brca'],
    ['tcga_hnsc', 'hnsc'],
    ['tcga_stad', 'stad'],
  ])("MCCSDG's split %s validates on its training cases", async (folder) => {
    const split = readSplit(await readTableFile(join(tcga, 'mccsdg/splits/cv', folder, 'splits_0.csv')));
    expect(checkLeakage(split).map(({ kind }) => kind)).toContain('validation-is-training');
  });

  it.each([
    ['blca', [70, 72, 75, 71, 71]],
    ['brca', [176, 168, 183, 166, 178]],
    ['stad', [43, 56, 101, 45, 74]],
    ['hnsc', [56, 70, 75, 127, 66]],
  ])("SurvPath's five folds of %s are apart, and cover all cases once", async (name, sizes) => {
    const folder = join(tcga, 'survpath/splits/5foldcv', `tcga_${name}`);
    const splits = await Promise.all(
      sizes.map(async (_, i) => readSplit(await readTableFile(join(folder, `splits_${i}.csv`)))),
    );
    expect(splits.map(({ validation }) => validation.length)).toEqual(sizes);
    for (const split of splits) expect(checkLeakage(split)).toEqual([]);
    const held = splits.flatMap(({ validation }) => validation);
    expect(new Set(held)).toEqual(new Set(readSurvival(await survpath(name), SURVPATH).cases.keys()));
    expect(held.length).toBe(new Set(held).size);
  });
});

function withoutOutcomes({ os: _, ...rest }: Reference['hif2gene'][string]) {
  return rest;
}

function sorted<T>(cases: ReadonlyMap<string, T>): [string, T][] {
  return [...cases].sort(([a], [b]) => (a < b ? -1 : 1));
}

function matrix(cases: ReadonlyMap<string, Float64Array>): Float64Array[] {
  return sorted(cases).map(([, values]) => values);
}

function textDigest(rows: readonly (readonly string[])[]): string {
  return createHash('sha256')
    .update(rows.map((row) => row.join('\t')).join('\n'))
    .digest('hex');
}

function digest(rows: readonly Float64Array[]): string {
  const hash = createHash('sha256');
  for (const row of rows) hash.update(new Uint8Array(row.buffer, row.byteOffset, row.byteLength));
  return hash.digest('hex');
}

function summary({ cases }: SurvivalTable, endpoint: Endpoint): Survival {
  const found = sorted(cases).flatMap(([, { outcomes }]) => outcomes[endpoint] ?? []);
  return {
    cases: found.length,
    events: found.filter(({ event }) => event).length,
    outcomes: digest(found.map(({ timeMonths, event }) => Float64Array.of(timeMonths, event ? 1 : 0))),
  };
}

function slides({ cases }: SurvivalTable): number {
  return new Set([...cases.values()].flatMap(({ slideIds }) => slideIds)).size;
}
