import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'fast-png';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findBags } from '../bags/findBags.js';
import { packBags } from '../bags/packBags.js';
import { assembleCohort } from './assembleCohort.js';
import { readCohortFile } from './cohortFile.js';
import { readFitted, writeFitted } from './fitted.js';
import { cramersV, siteConfounding } from './siteConfounding.js';
import { checkLeakage } from './leakage.js';
import { crossCancerPairs, readSplit, stratifiedFolds } from './splits.js';
import { readSurvpathCohort } from '../survpathTables.js';
import { syntheticCohort, type SyntheticOptions } from '../syntheticCohort.js';
import { parseTable, readTable } from '../tables/textTable.js';
import { writeSynthetic } from '../writeSynthetic.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cohort-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, lines: readonly string[] | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, lines instanceof Uint8Array ? lines : `${lines.join('\n')}\n`);
  return path;
}

const assemble = async (path: string, options = {}) => assembleCohort(await readCohortFile(path), options);

describe('a fifth cohort, by files alone', () => {
  const IDS = Array.from({ length: 12 }, (_, i) => `TCGA-KI-${String(i).padStart(4, '0')}`);

  /** Kidney, which no line of code knows: outcomes from the GDC, genes from Xena, patch maps. */
  beforeEach(() => {
    const cases = IDS.map((submitter_id, i) => ({
      submitter_id,
      demographic: { vital_status: i % 3 ? 'Dead' : 'Alive', ...(i % 3 && { days_to_death: 100 * (i + 1) }) },
      diagnoses: [{ days_to_last_follow_up: i % 3 ? null : 100 * (i + 1) }],
    }));
    put('clinical.json', [JSON.stringify(cases)]);
    // In another order than the outcomes, without the first case.
    const measured = [...IDS].reverse().slice(0, -1);
    put('rna.tsv', [
      ['gene', ...measured.map((id) => `${id}-01`)].join('\t'),
      ...['A', 'B', 'C'].map((gene, g) =>
        [gene, ...measured.map((id) => Number(id.slice(-4)) * 10 + g)].join('\t'),
      ),
    ]);
    put('sets.gmt', ['P\tu\tA\tC', 'Q\tu\tB\tNONE', 'R\tu\tNONE']);
    IDS.slice(0, -1).forEach((id, i) => {
      const data = new Uint8Array(3 * 4).fill(0);
      data.set([255, 0, 51 * (i % 5)], 0);
      put(`maps/${id}-01Z-00-DX1.png`, encode({ width: 2, height: 2, data, channels: 3, depth: 8 }));
    });
  });

  const FILE = [
    'name: kirc',
    'outcomes: { layout: gdc, file: clinical.json, endpoint: os }',
    'genes: { layout: xena, file: rna.tsv, scaling: z-score, pathways: sets.gmt, smallestPathway: 1 }',
    'histology: { layout: patch-maps, file: maps, channels: blca }',
    'bins: 2',
  ];

  it('pairs by case, and accounts for everyone who is missing', async () => {
    const cohort = await assemble(put('kirc.yaml', FILE));
    expect(cohort.cases.map(({ caseId }) => caseId)).toEqual(IDS.slice(1, -1));
    expect(cohort.attrition).toEqual([
      { step: 'cases in clinical.json', kept: 12, dropped: [] },
      { step: 'usable os', kept: 12, dropped: [] },
      { step: 'genes in rna.tsv', kept: 11, dropped: [IDS[0]] },
      { step: 'histology in maps', kept: 10, dropped: [IDS[11]] },
    ]);
    expect(cohort.synthetic).toEqual({ cases: false, genes: false, patches: false, outcomes: false });
    expect(cohort.pathways.map(({ name }) => name)).toEqual(['P', 'Q']);
    // Every gene rises with the number of the case, so all z-scores of a case are the same and rise with it.
    cohort.cases.forEach(({ genes, timeMonths, caseId }, i) => {
      expect(genes.length).toBe(3);
      expect(Math.max(...genes) - Math.min(...genes)).toBeLessThan(1e-6);
      if (i > 0) expect(genes[0]!).toBeGreaterThan(cohort.cases[i - 1]!.genes[0]!);
      expect(timeMonths).toBeCloseTo((100 * (Number(caseId.slice(-4)) + 1)) / 30.4375, 12);
    });
    // One patch has tissue: its window's middle is the lymphocyte probability, its neighbours are empty.
    const bag = cohort.cases[0]!.patches();
    expect([bag.length, bag[4], bag[13]]).toEqual([20, 1, Math.fround(51 / 255)]);
  });

  it('fits scalers and bins on the training cases alone', async () => {
    const path = put('kirc.yaml', FILE);
    const training = new Set(IDS.slice(1, 7));
    const cohort = await assemble(path, { training });
    expect(cohort.fitted.cases).toBe(6);
    const own = cohort.cases.filter(({ caseId }) => training.has(caseId)).map(({ genes }) => genes[0]!);
    expect(own.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 5);
    // Follow-up beyond that of the training cases belongs to the last bin.
    expect(cohort.cases.at(-1)!.bin).toBe(1);
    expect(cohort.cases.at(-1)!.timeMonths).toBeGreaterThan(cohort.edges.at(-1)!);
  });

  it('what was fitted is stored, and maps another cohort without fitting on it', async () => {
    const path = put('kirc.yaml', FILE);
    const training = new Set(IDS.slice(1, 7));
    const source = await assemble(path, { training });
    const stored = join(folder, 'fitted.json');
    await writeFitted(stored, source.fitted);
    const fitted = await readFitted(stored);
    expect(fitted).toEqual(source.fitted);
    expect(source.findings.map(({ title }) => title)).toContain(
      'Scaling and time bins were fitted on 6 of 10 cases',
    );
    // The target has other outcomes and lost cases; its genes are mapped by the source's numbers all the same.
    put('other.yaml', [FILE[0]!.replace('kirc', 'kich'), ...FILE.slice(1)]);
    const target = await assemble(join(folder, 'other.yaml'), { fitted });
    expect(target.edges).toEqual(source.edges);
    expect(target.cases.map(({ genes }) => [...genes])).toEqual(source.cases.map(({ genes }) => [...genes]));
    expect(target.findings.map(({ kind }) => kind)).toContain('fitted-elsewhere');
    put('rna.tsv', ['gene\tTCGA-KI-0001-01\tTCGA-KI-0002-01', 'A\t1\t2', 'D\t1\t3', 'C\t1\t4']);
    await expect(assemble(path, { fitted })).rejects.toThrow(
      /gene 2 is D, the scaling fitted on kirc has B there/,
    );
    writeFileSync(stored, '{}');
    await expect(readFitted(stored)).rejects.toThrow(/is no concord-fitted\/1 file/);
  });

  it('reports the overlap of every pathway, and digests every input', async () => {
    const cohort = await assemble(put('kirc.yaml', FILE));
    expect(cohort.overlap).toEqual([
      { name: 'P', asked: 2, measured: 2 },
      { name: 'Q', asked: 2, measured: 1 },
    ]);
    expect(cohort.findings).toContainEqual({
      kind: 'pathways-left-out',
      title: '1 pathways have fewer than 1 measured genes and are left out',
      detail: 'R',
    });
    const maps = IDS.slice(0, -1).map((id) => `${id}-01Z-00-DX1.png`);
    expect(Object.keys(cohort.digests)).toEqual(['clinical.json', 'rna.tsv', 'sets.gmt', ...maps]);
    const sha256 = createHash('sha256')
      .update(readFileSync(join(folder, 'sets.gmt')))
      .digest('hex');
    expect(cohort.digests['sets.gmt']).toBe(sha256);
    // Maps of the same pixels under two names are one patient twice.
    const twins = [...cohort.bagDigests].filter(([, digest]) => digest === cohort.bagDigests.get(IDS[1]!));
    expect(twins.map(([id]) => id)).toEqual([IDS[1], IDS[6]]);
  });

  it('takes stage and grade from tables beside, and lists what they contradict', async () => {
    put('stages.csv', [
      ',case_id,stage,grade',
      `0,${IDS[1]},II,G2`,
      `1,${IDS[2]},III,G1`,
      `2,${IDS[2]},IV,G1`,
      `3,${IDS[3]},N/A,GX`,
    ]);
    const cohort = await assemble(put('kirc.yaml', [...FILE, 'attributes: [stages.csv]']));
    expect(cohort.clinical.get(IDS[1]!)).toMatchObject({ stage: 'II', grade: 'G2' });
    expect(cohort.clinical.get(IDS[2]!)).toMatchObject({ grade: 'G1' });
    expect(cohort.clinical.get(IDS[2]!)!.stage).toBeUndefined();
    expect(cohort.findings).toContainEqual({
      kind: 'attributes-contradict',
      title: 'stages.csv contradicts itself in 1 places; these are left out',
      detail: `${IDS[2]} stage: III and IV`,
    });
    expect(Object.keys(cohort.digests)).toContain('stages.csv');
  });

  it.each([
    ['an unknown entry', [...FILE, 'color: red'], /must NOT have additional properties: color/],
    [
      'an unknown layout',
      [FILE[0]!, FILE[1]!.replace('gdc', 'csv'), ...FILE.slice(2)],
      /outcomes.layout must be equal to one of.*survpath/,
    ],
    ['no genes', [FILE[0]!, FILE[1]!, FILE[3]!], /must have required property 'genes'/],
    ['broken YAML', ['name: [kirc'], /kirc.yaml/],
    [
      'no such file',
      [FILE[0]!, FILE[1]!.replace('clinical', 'nothing'), ...FILE.slice(2)],
      /nothing.json: no such file/,
    ],
    [
      'maps without a folder',
      [...FILE.slice(0, 3), 'histology: { layout: patch-maps }'],
      /needs a file or folder/,
    ],
    [
      'channels unknown',
      [...FILE.slice(0, 3), 'histology: { layout: patch-maps, file: maps }'],
      /set channels/,
    ],
    [
      'a pathway without genes',
      [...FILE.slice(0, 2), FILE[2]!.replace(', smallestPathway: 1', ''), FILE[3]!],
      /none of the 1 genes of R/,
    ],
  ])('%s is refused', async (_name, lines, words) => {
    await expect(assemble(put('kirc.yaml', lines))).rejects.toThrow(words);
  });

  it("takes genes from STAR counts files, by the portal's sample sheet", async () => {
    const header =
      'gene_id\tgene_name\tgene_type\tunstranded\tstranded_first\tstranded_second\ttpm_unstranded\tfpkm_unstranded\tfpkm_uq_unstranded';
    const sheet = ['File ID\tFile Name\tSample ID'];
    IDS.forEach((id, i) => {
      const name = `${i}.rna_seq.augmented_star_gene_counts.tsv`;
      const unassigned = ['N_unmapped', 'N_multimapping', 'N_noFeature', 'N_ambiguous'].map(
        (row) => `${row}\t\t\t1\t1\t1\t\t\t`,
      );
      const genes = ['A', 'B', 'C'].map(
        (gene, g) => `ENSG${g}.1\t${gene}\tprotein_coding\t5\t0\t0\t${2 ** i - 1}\t0\t0`,
      );
      put(`downloads/file-${i}/${name}`, ['# gene-model: GENCODE v36', header, ...unassigned, ...genes]);
      sheet.push(`file-${i}\t${name}\t${id}-01A`);
    });
    put('sheet.tsv', sheet);
    const star =
      'genes: { layout: star-counts, file: sheet.tsv, folder: downloads, transform: log2(x+1), scaling: none }';
    const cohort = await assemble(put('kirc.yaml', [FILE[0]!, FILE[1]!, star, ...FILE.slice(3)]));
    // log2(2^i − 1 + 1) = i, the number of the case.
    for (const { caseId, genes } of cohort.cases)
      expect([...genes]).toEqual(new Array(3).fill(Number(caseId.slice(-4))));
    rmSync(join(folder, 'downloads/file-3'), { recursive: true });
    await expect(assemble(join(folder, 'kirc.yaml'))).rejects.toThrow(
      /3.rna_seq.* is not there, but .*sheet.tsv lists it/,
    );
  });

  it('files of different cohorts are told apart', async () => {
    put('rna.tsv', ['gene\tTCGA-ZZ-0001-01', 'A\t1', 'B\t1', 'C\t1']);
    await expect(assemble(put('kirc.yaml', FILE))).rejects.toThrow(/no case is left with genes in rna.tsv/);
  });
});

describe('splits', () => {
  const one = fc.record({ event: fc.boolean(), bin: fc.integer({ min: 0, max: 3 }) });
  const cases = fc
    .array(one, { minLength: 40, maxLength: 90 })
    .map((all) =>
      all.map((entry, i) => ({ ...entry, event: i % 2 === 0 || entry.event, caseId: `TCGA-AA-${i}` })),
    );

  it('new folds hold every case once, are alike in bins and events, and do not depend on the order', () => {
    fc.assert(
      fc.property(cases, fc.nat(99), (all, seed) => {
        const folds = stratifiedFolds(all, 5, seed, 'test');
        expect(folds.flatMap(({ validation }) => validation).sort()).toEqual(
          all.map(({ caseId }) => caseId).sort(),
        );
        for (const fold of folds) expect(checkLeakage(fold)).toEqual([]);
        const events = folds.map(
          ({ validation }) => all.filter(({ caseId, event }) => event && validation.includes(caseId)).length,
        );
        expect(Math.max(...events) - Math.min(...events)).toBeLessThanOrEqual(1);
        const again = stratifiedFolds([...all].reverse(), 5, seed, 'test');
        expect(again.map(({ validation }) => new Set(validation))).toEqual(
          folds.map(({ validation }) => new Set(validation)),
        );
      }),
    );
  });

  it('a fold without events is refused', () => {
    const censored = Array.from({ length: 10 }, (_, i) => ({ caseId: `C${i}`, event: i === 0, bin: 0 }));
    expect(() => stratifiedFolds(censored, 5, 1, 'kirc')).toThrow(/would have no event; use fewer folds/);
  });

  it('pairs every cohort with every other', () => {
    expect(crossCancerPairs(['a', 'b', 'c', 'd']).length).toBe(12);
  });

  it('every way to leak is named', () => {
    const split = readSplit(
      parseTable(
        Buffer.from(',train,val\n0,TCGA-A1-1,TCGA-A1-3\n1,TCGA-A1-2,TCGA-A1-2\n2,TCGA-A1-1,\n'),
        's.csv',
      ),
    );
    const leaks = checkLeakage(split, {
      known: new Set(['TCGA-A1-1', 'TCGA-A1-3']),
      fileOf: new Map([
        ['TCGA-A1-1', 'x'],
        ['TCGA-A1-3', 'x'],
      ]),
      sites: true,
    });
    expect(leaks.map(({ kind, cases: found }) => [kind, found])).toEqual([
      ['shared-case', ['TCGA-A1-2']],
      ['repeated-case', ['TCGA-A1-1']],
      ['unknown-case', ['TCGA-A1-2']],
      ['shared-file', ['TCGA-A1-3']],
      ['shared-site', ['TCGA-A1-3', 'TCGA-A1-2']],
    ]);
    const slidesOf = new Map([
      ['TCGA-A1-1', ['one', 'two']],
      ['TCGA-A1-3', ['two']],
    ]);
    const apart = { train: ['TCGA-A1-1'], validation: ['TCGA-A1-3'] };
    expect(checkLeakage(apart, { slidesOf })).toMatchObject([{ kind: 'shared-slide', cases: ['TCGA-A1-3'] }]);
  });

  it('a site that gives the outcome away is told from one that does not', () => {
    const many = Array.from({ length: 200 }, (_, i) => i);
    const of = (event: (i: number, site: number) => boolean) =>
      siteConfounding(
        many.map((i) => ({
          caseId: `TCGA-S${i % 4}-${i}`,
          event: event(i, i % 4),
          bin: Math.floor(i / 4) % 2,
        })),
      );
    const oneSided = ['S0', 'S1', 'S2', 'S3'];
    // phi² = 1 − 3/199 over 1 − 1/199: the correction for four sites.
    const event = Math.sqrt(196 / 198);
    expect(of((_, site) => site < 2)).toEqual({
      sites: 4,
      event: expect.closeTo(event, 12),
      bin: 0,
      oneSided,
    });
    expect(of((i) => Math.floor(i / 4) % 2 === 0)).toEqual({ sites: 4, event: 0, bin: 0, oneSided: [] });
    // By hand: χ² of [[30, 20], [10, 40]] is 100/6, so phi² = 1/6 − 1/99 over 1 − 1/99.
    const table = (n: number, row: string, column: string) =>
      new Array<[string, string]>(n).fill([row, column]);
    const pairs = [
      ...table(30, 'a', 'x'),
      ...table(20, 'a', 'y'),
      ...table(10, 'b', 'x'),
      ...table(40, 'b', 'y'),
    ];
    expect(cramersV(pairs)).toBeCloseTo(Math.sqrt((1 / 6 - 1 / 99) / (1 - 1 / 99)), 12);
  });
});

describe('the synthetic cohort, written and read again', () => {
  it('comes back with the same cases, outcomes and genes', async () => {
    const written = syntheticCohort('stad', { cases: 30 });
    await writeSynthetic(folder, written);
    const read = await assemble(join(folder, 'stad.yaml'));
    expect(read.cases.map(({ caseId, timeMonths, event, bin }) => [caseId, timeMonths, event, bin])).toEqual(
      written.cases.map(({ caseId, timeMonths, event, bin }) => [caseId, timeMonths, event, bin]),
    );
    // The reader scales: undone, the numbers are those that were written.
    const { shift, scale } = read.fitted.genes!.scaling;
    read.cases.forEach(({ genes }, i) =>
      genes.forEach((value, g) =>
        expect(value / scale[0]! + shift[0]!).toBeCloseTo(written.cases[i]!.genes[g]!, 5),
      ),
    );
    expect(Object.values(read.synthetic)).toEqual([true, true, true, true]);
    expect(readSurvpathCohort(folder, 'stad', { endpoint: 'os' }).cases.length).toBe(30);
    const split = readSplit(readTable(join(folder, 'splits/5foldcv/tcga_stad/splits_2.csv')));
    expect(checkLeakage(split, { known: new Set(read.cases.map(({ caseId }) => caseId)) })).toEqual([]);
  });

  it('its features, packed, are the bags of a cohort', async () => {
    const written = syntheticCohort('hnsc', { cases: 12 });
    await writeSynthetic(folder, written);
    const slides = findBags([join(folder, 'features/hnsc')]);
    await packBags(slides, join(folder, 'hnsc.pack'));
    const text = readFileSync(join(folder, 'hnsc.yaml'), 'utf8');
    const path = put('packed.yaml', [text.replace('layout: synthetic', 'layout: packed\n  file: hnsc.pack')]);
    const cohort = await assemble(path);
    expect(cohort.cases.length).toBe(12);
    expect([cohort.patchWidth, cohort.channels]).toEqual([64, ['features of synthetic']]);
    cohort.cases.forEach((one, i) => expect(one.patches()).toEqual(written.cases[i]!.patches()));
    cohort.close();
  });

  it('each modality carries as much of the risk as its knob says', () => {
    const correlation = (options: SyntheticOptions) => {
      const cohort = syntheticCohort('brca', { cases: 200, ...options });
      // The first pathway follows the risk.
      const mean = cohort.cases.map(({ genes }) => genes[0]!);
      return Math.abs(pearson(mean, cohort.trueRisk));
    };
    expect(correlation({})).toBeGreaterThan(0.25);
    expect(correlation({ geneSignal: 0 })).toBeLessThan(0.2);
  });
});

function pearson(a: readonly number[], b: readonly number[]): number {
  const centre = (values: readonly number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map((value) => value - mean);
  };
  const [x, y] = [centre(a), centre(b)];
  const dot = (p: readonly number[], q: readonly number[]) =>
    p.reduce((sum, value, i) => sum + value * q[i]!, 0);
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
}
