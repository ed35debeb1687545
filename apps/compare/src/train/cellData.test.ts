import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { syntheticCohort, writeSynthetic } from '@concord/data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cellData, type CellCases } from './cellData.js';
import type { TrainingCase } from '@concord/training';
import { peerFeatures } from '../crosscancer/peerFeatures.js';
import { cellConfig, hashOf, type CellSpec } from './cellSpec.js';
import { loadCohorts } from './loadCohorts.js';
import { requireDrawable } from './requireDrawable.js';
import type { StudyCohort } from './studyCohort.js';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'concord-cohorts-'));
  for (const name of ['blca', 'stad']) await writeSynthetic(folder, syntheticCohort(name, { cases: 40 }));
  for (const [name, value] of [
    ['blca', (i: number) => 3 * i + 1],
    ['stad', (i: number) => 5 * i + 2],
  ] as const) {
    const file = readFileSync(join(folder, `${name}.yaml`), 'utf8');
    writeFileSync(
      join(folder, `${name}-features.yaml`),
      file.replace('layout: synthetic', `layout: hif2gene\n  file: ${name}.hifs.csv`),
    );
    const rows = syntheticCohort(name, { cases: 40 }).cases.map(
      ({ caseId }, i) => `${caseId},${value(i)},${i % 3 > 0 ? i : ''}`,
    );
    writeFileSync(
      join(folder, `${name}.hifs.csv`),
      ['bcr_patient_barcode,COUNT [CELLS]_HE,AREA [NECROSIS]_HE', ...rows, ''].join('\n'),
    );
  }
  // A gene that the other cohort does not have.
  const table = join(folder, 'datasets_csv/raw_rna_data/xena/stad/rna_clean.csv');
  const lines = readFileSync(table, 'utf8').trim().split(/\r?\n/);
  writeFileSync(table, `${lines.map((line, i) => `${line},${i === 0 ? 'OTHER' : 0.5}`).join('\n')}\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const load = (...cohorts: string[]) => loadCohorts({ cohorts, cwd: folder, synthetic: { cases: 40 } });

const cell: CellCases = {
  sources: ['blca'],
  targets: ['stad'],
  scaling: 'source',
  split: { fold: 1, folds: 4, seed: 7 },
};

describe('the cohorts of a study', () => {
  it('keep the genes that all of them have, by name, and say so', async () => {
    const [blca, stad] = (await load('blca.yaml', 'stad.yaml')) as [StudyCohort, StudyCohort];
    expect(stad.genes).toEqual(blca.genes);
    expect(stad.genes).not.toContain('OTHER');
    expect(blca.notes[0]).toMatch(/^(\d+) genes that all cohorts have are used \(\1 of blca, \d+ of stad\)$/);
    expect([...blca.planted!.values()]).toEqual(syntheticCohort('blca', { cases: 40 }).trueRisk);
  });

  it('say how many genes their pathways have of those that they name', async () => {
    const [blca] = await load('blca.yaml');
    expect(blca!.notes).toContainEqual(
      expect.stringMatching(/^blca: (\d+) of (\d+) signature genes were measured$/),
    );
  });

  it('are not described by a few of their named features', async () => {
    const named = await load('blca-features.yaml');
    expect(() => requireDrawable(named, 1)).toThrow(
      'blca: the tokens of hif2gene are named features, of which none can be left out; leave out --patches 1',
    );
    expect(() => requireDrawable(named, undefined)).not.toThrow();
    expect(() => requireDrawable([], 1)).not.toThrow();
    const patches = await load('blca.yaml');
    expect(() => requireDrawable(patches, 1)).not.toThrow();
  });

  it('have to fit together', async () => {
    await expect(load('blca', 'blca.yaml')).rejects.toThrow('two cohorts have this name');
    await expect(load('blca', 'luad.yaml')).rejects.toThrow('no such file');
  });
});

describe('the cases of a cell', () => {
  it('train, are held out or are judged, each on one side, and every one once', async () => {
    const { training, heldOut, targets } = cellData(await load('blca', 'stad'), cell);
    const ids = (cases: readonly { caseId: string }[]) => cases.map(({ caseId }) => caseId);
    expect(new Set([...ids(training.cases), ...ids(heldOut)]).size).toBe(40);
    expect(training.cases.length + heldOut.length).toBe(40);
    expect(heldOut.length).toBe(10);
    expect(targets.length).toBe(40);
    expect(targets.every(({ cohort }) => cohort === 'stad')).toBe(true);
  });

  it("are scaled by the source's training cases alone, or each cohort by its own", async () => {
    const cohorts = (await load('blca', 'stad')).map((one): StudyCohort => ({ ...one, scaling: 'z-score' }));
    const moments = (cases: readonly { genes: Float32Array }[], gene: number) => {
      const values = cases.map(({ genes }) => genes[gene]!);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return [mean, values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length] as const;
    };
    const bySource = cellData(cohorts, cell);
    const byCohort = cellData(cohorts, { ...cell, scaling: 'cohort' });
    for (const gene of [0, 5, 11]) {
      for (const { training } of [bySource, byCohort]) {
        expect(moments(training.cases, gene)[0]).toBeCloseTo(0, 5);
        expect(moments(training.cases, gene)[1]).toBeCloseTo(1, 5);
      }
      expect(moments(byCohort.targets, gene)[0]).toBeCloseTo(0, 5);
      expect(moments(byCohort.targets, gene)[1]).toBeCloseTo(1, 5);
      const [mean, variance] = moments(
        cohorts[0]!.cases.filter(({ caseId }) => {
          return bySource.training.cases.some((one) => one.caseId === caseId);
        }),
        gene,
      );
      const raw = cohorts[1]!.cases[3]!.genes[gene]!;
      expect(bySource.targets[3]!.genes[gene]).toBeCloseTo((raw - mean) / Math.sqrt(variance), 4);
    }
    // A change of a held-out case changes nothing of the training.
    const held = bySource.heldOut[0]!.caseId;
    const moved = cohorts.map((cohort) => ({
      ...cohort,
      cases: cohort.cases.map((one) =>
        one.caseId === held ? { ...one, genes: one.genes.map(() => 9) } : one,
      ),
    }));
    expect(cellData(moved, cell).training.cases.map(({ genes }) => genes)).toEqual(
      bySource.training.cases.map(({ genes }) => genes),
    );
  });

  it("have histology features by the source's training cases alone, or each cohort by its own", async () => {
    const cohorts = await load('blca-features.yaml', 'stad-features.yaml');
    const { patchWidth } = cohorts[0]!;
    // As the tables have it: 3 i + 1 or 5 i + 2, and i with every third one blank.
    const places = cohorts.map(({ cases }) => new Map(cases.map(({ caseId }, i) => [caseId, i])));
    const place = ({ cohort, caseId }: TrainingCase) => places[cohort === 'blca' ? 0 : 1]!.get(caseId)!;
    const written = [
      (one: TrainingCase) => (one.cohort === 'blca' ? 3 * place(one) + 1 : 5 * place(one) + 2),
      (one: TrainingCase) => (place(one) % 3 === 0 ? NaN : place(one)),
    ];
    const expectScaled = (cases: readonly TrainingCase[], by: readonly TrainingCase[]) => {
      written.forEach((value, feature) => {
        const measured = by
          .map(value)
          .filter((one) => !Number.isNaN(one))
          .sort((a, b) => a - b);
        const median =
          (measured[Math.floor((measured.length - 1) / 2)]! + measured[Math.floor(measured.length / 2)]!) / 2;
        const filled = (one: TrainingCase) => (Number.isNaN(value(one)) ? median : value(one));
        const mean = by.reduce((sum, one) => sum + filled(one), 0) / by.length;
        const variance = by.reduce((sum, one) => sum + (filled(one) - mean) ** 2, 0) / by.length;
        for (const one of cases) {
          const scaled = one.patches()[feature * patchWidth];
          expect(scaled).toBeCloseTo((filled(one) - mean) / Math.sqrt(variance), 4);
        }
      });
    };
    const bySource = cellData(cohorts, cell);
    const byCohort = cellData(cohorts, { ...cell, scaling: 'cohort' });
    for (const { training, heldOut } of [bySource, byCohort])
      expectScaled([...training.cases, ...heldOut], training.cases);
    expectScaled(bySource.targets, bySource.training.cases);
    expectScaled(byCohort.targets, byCohort.targets);
  });

  it('have bins by the training edges, also beyond them', async () => {
    const cohorts = await load('blca', 'stad');
    const far = cohorts.map((cohort) => ({
      ...cohort,
      cases: cohort.cases.map((one, i) => ({
        ...one,
        timeMonths: cohort.name === 'stad' && i === 0 ? 1e4 : one.timeMonths,
      })),
    }));
    const { edges, training, targets } = cellData(far, cell);
    expect(targets[0]!.bin).toBe(edges.length - 2);
    expect(edges).toEqual(cellData(cohorts, cell).edges);
    const held = cellData(cohorts, cell).heldOut.map(({ caseId }) => caseId);
    const later = cohorts.map((cohort) => ({
      ...cohort,
      cases: cohort.cases.map((one) => ({
        ...one,
        timeMonths: held.includes(one.caseId) ? one.timeMonths + 100 : one.timeMonths,
      })),
    }));
    const split = {
      train: training.cases.map(({ caseId }) => caseId),
      validation: held,
    };
    expect(cellData(later, { ...cell, split }).edges).toEqual(edges);
    for (const { bin, timeMonths } of training.cases) {
      expect(timeMonths).toBeGreaterThanOrEqual(edges[bin]!);
      expect(timeMonths).toBeLessThan(edges[bin + 1]!);
    }
  });

  it('are refused where nobody who is held out has an event', async () => {
    const cohorts = await load('blca');
    const censored = cohorts[0]!.cases.filter(({ event }) => !event).map(({ caseId }) => caseId);
    const train = cohorts[0]!.cases.map(({ caseId }) => caseId).filter((id) => !censored.includes(id));
    expect(() => cellData(cohorts, { ...cell, targets: [], split: { train, validation: censored } })).toThrow(
      'no held-out case has an event',
    );
    expect(() => cellData(cohorts, { ...cell, targets: ['hnsc'] })).toThrow('no such cohort');
  });
});

describe('the hash of a cell', () => {
  it('is that of what determines it, whatever the order of keys', async () => {
    const cohorts = await load('blca', 'stad');
    const spec: CellSpec = {
      ...{ ...cell, backbone: 'survpath', module: 'plain', stack: 'ts', seed: 7 },
      training: { epochs: 2, sampling: 'weighted', schedule: { name: 'constant' }, changes: {} },
    };
    const hash = hashOf(cellConfig(spec, cohorts, undefined));
    expect(hashOf(Object.fromEntries(Object.entries(cellConfig(spec, cohorts, undefined)).reverse()))).toBe(
      hash,
    );
    expect(hashOf(cellConfig({ ...spec, seed: 8 }, cohorts, undefined))).not.toBe(hash);
    const others = await loadCohorts({ cohorts: ['blca', 'stad'], cwd: folder, synthetic: { cases: 41 } });
    expect(hashOf(cellConfig(spec, others, undefined))).not.toBe(hash);
  });
});

describe('what peers read of slides', () => {
  const read = async (name: string) => {
    const cohorts = await load(name);
    const { training } = cellData(cohorts, { ...cell, targets: [] });
    const { slides } = await peerFeatures('ridge-cox-both', training.cases, training.shape, cohorts);
    return { slides: slides!, cases: training.cases, width: training.shape.patchWidth };
  };

  it('is the value of every named feature', async () => {
    const { slides, cases, width } = await read('blca-features.yaml');
    expect(slides.columns).toBe(2);
    expect([...slides.data]).toEqual(cases.flatMap((one) => [one.patches()[0], one.patches()[width]]));
  });

  it('is the mean and the deviation of each channel of patches', async () => {
    const { slides, cases, width } = await read('blca.yaml');
    expect(slides.columns).toBe(2 * width);
    const column = [...cases[1]!.patches()].filter((_, i) => i % width === 3);
    const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
    const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length;
    expect(slides.data[2 * width + 3]).toBeCloseTo(mean, 10);
    expect(slides.data[2 * width + width + 3]).toBeCloseTo(Math.sqrt(variance), 10);
  });
});
