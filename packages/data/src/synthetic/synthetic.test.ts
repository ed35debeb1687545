import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBags } from '../bags/findBags.js';
import { inspectBags } from '../bags/inspectBags.js';
import { openBag } from '../bags/openBag.js';
import { python, pythonIsThere } from '../bags/referenceFiles.testing.js';
import { assembleCohort } from '../cohorts/assembleCohort.js';
import { readCohortFile } from '../cohorts/cohortFile.js';
import { syntheticCohort } from '../syntheticCohort.js';
import { findTables } from '../tables/findTables.js';
import { inspectTables } from '../tables/inspectTables.js';
import { writeFeatureLayouts } from './writeFeatureLayouts.js';
import { writeTableLayouts } from './writeTableLayouts.js';

const cohort = syntheticCohort('stad', { cases: 30 });

describe('the synthetic cohort in every layout that is read', () => {
  let home: string;
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'concord-layouts-'));
    await writeTableLayouts(home, cohort);
    await writeFeatureLayouts(home, cohort);
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  const root = () => join(home, 'layouts/stad');

  it.each(['porpoise', 'gdc', 'tcga-cdr', 'rtcga'])(
    '%s comes back with the same cases and outcomes',
    async (layout) => {
      const read = await assembleCohort(await readCohortFile(join(root(), `${layout}.yaml`)));
      expect(read.cases.map(({ caseId, event }) => [caseId, event])).toEqual(
        cohort.cases.map(({ caseId, event }) => [caseId, event]),
      );
      const month = { porpoise: 30.44, gdc: 30.4375, 'tcga-cdr': 30.4375, rtcga: 30.4375 }[layout]!;
      read.cases.forEach(({ timeMonths }, i) =>
        expect(Math.abs(timeMonths * month - 30 * cohort.cases[i]!.timeMonths)).toBeLessThan(0.2),
      );
      expect(read.attrition.every(({ dropped }) => dropped.length === 0)).toBe(true);
      expect(read.findings.map(({ kind }) => kind)).not.toContain('sources-disagree');
      const [first] = read.cases;
      expect([...first!.patches(), ...first!.genes].every(Number.isFinite)).toBe(true);
    },
  );

  it('genes keep their order in every layout: each is a rising map of what was planted', async () => {
    const order = (values: ArrayLike<number>) =>
      Array.from(values, (value, i) => [value, i] as const)
        .sort(([a], [b]) => a - b)
        .map(([, i]) => i);
    const planted = order(cohort.cases.map(({ genes }) => genes[0]!));
    for (const layout of ['porpoise', 'gdc']) {
      const { cases } = await assembleCohort(await readCohortFile(join(root(), `${layout}.yaml`)));
      expect(order(cases.map(({ genes }) => genes[0]!))).toEqual(planted);
    }
  });

  it('every file of features holds the same bits', async () => {
    const formats = new Set<string>();
    for (const kind of ['clam/h5_files', 'clam/pt_files', 'trident', 'stamp', 'npy', 'npz', 'npz-deflated']) {
      const bags = findBags([join(root(), 'features', kind)]);
      expect(bags.length).toBe(30);
      for (const { slide, path } of bags) {
        const bag = await openBag(path);
        formats.add(bag.format);
        expect(bag.read(), path).toEqual(
          cohort.cases.find(({ slideIds }) => slideIds[0] === slide)!.patches(),
        );
        bag.close();
      }
    }
    expect([...formats].sort()).toEqual(['clam-h5', 'npy', 'npz', 'pt', 'stamp-h5', 'trident-h5']);
  });

  it('the doctor has nothing against it', async () => {
    const clam = await inspectBags(findBags([join(root(), 'features/clam')]));
    const { findings } = await inspectTables(findTables([root()]));
    expect([...clam.findings, ...findings]).toEqual([]);
  });

  it.skipIf(!pythonIsThere)('h5py, torch and numpy read the same bits', () => {
    const slide = cohort.cases[3]!.slideIds[0]!;
    const { buffer, byteOffset, byteLength } = cohort.cases[3]!.patches();
    writeFileSync(join(home, 'expected'), new Uint8Array(buffer, byteOffset, byteLength));
    const script = `
import sys, h5py, numpy as np, torch
root, slide, expected = sys.argv[1:]
want = np.fromfile(expected, np.float32).reshape(-1, 64)
def path(kind, ending): return f"{root}/features/{kind}/{slide}.{ending}"
def h5(kind, name): return h5py.File(path(kind, "h5"))[name][:]
found = [h5("clam/h5_files", "features"), h5("trident", "features"), h5("stamp", "feats"),
  torch.load(path("clam/pt_files", "pt"), weights_only=True).numpy(),
  np.load(path("npy", "npy")), np.load(path("npz", "npz"))["features"], np.load(path("npz-deflated", "npz"))["features"]]
assert all(one.dtype == np.float32 and np.array_equal(one.view(np.uint32), want.view(np.uint32)) for one in found)
clam, trident = h5py.File(path("clam/h5_files", "h5")), h5py.File(path("trident", "h5"))
assert clam["features"].chunks == (32, 64) and clam["coords"].dtype == np.int32
assert trident["features"].chunks == (1, 64) and trident["coords"].dtype == np.int64
assert trident["features"].attrs["encoder"] == "synthetic" and trident["coords"].attrs["patch_size_level0"] == 256
print(len(found))`;
    const args = ['-c', script, root(), slide, join(home, 'expected')];
    expect(execFileSync(python, args).toString().trim()).toBe('7');
  });
});
