import { mkdirSync, mkdtempSync, rmSync, truncateSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeSafetensors } from '@concord/safetensors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBags } from '../bags/findBags.js';
import { packBags } from '../bags/packBags.js';
import type { CohortCase } from '../cohort.js';
import { readPackedFeatures } from '../histology/packedFeatures.js';
import { syntheticCohort } from '../syntheticCohort.js';
import { iterateBags, type IterateOptions } from './iterateBags.js';

const WIDTH = 3;
/** Ten slides of eight cases: the first two cases have two. Row r of slide s holds 1000 s + r in every column. */
const SLIDES = [0, 0, 1, 1, 2, 3, 4, 5, 6, 7].map((number, s) => ({
  slide: `TCGA-ZZ-000${number}-01Z-00-DX${s}`,
  rows: 5 + 3 * s,
}));
const valueOf = (s: number, row: number) => 1000 * s + row;

describe('iterateBags, over a pack', () => {
  let home: string;
  let pack: string;
  let halves: string;
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'concord-iterate-'));
    mkdirSync(join(home, 'half'));
    for (const [s, { slide, rows }] of SLIDES.entries()) {
      const data = Float32Array.from({ length: rows * WIDTH }, (_, i) => valueOf(s, Math.floor(i / WIDTH)));
      await writeSafetensors(join(home, `${slide}.safetensors`), {
        features: { dtype: 'F32', shape: [rows, WIDTH], data },
      });
      const bits = Uint16Array.from({ length: rows * WIDTH }, (_, i) => 0x3c00 + Math.floor(i / WIDTH));
      await writeSafetensors(join(home, `half/${slide}.safetensors`), {
        features: { dtype: 'F16', shape: [rows, WIDTH], data: bits },
      });
    }
    pack = join(home, 'all.pack');
    await packBags(findBags(SLIDES.map(({ slide }) => join(home, `${slide}.safetensors`))), pack);
    halves = join(home, 'half.pack');
    await packBags(findBags([join(home, 'half')]), halves);
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  const open = (path = pack) => {
    const source = readPackedFeatures(path);
    const cases = [...source.cases].map(([caseId, bag]): CohortCase => ({
      caseId,
      slideIds: bag.slideIds,
      timeMonths: 1,
      event: true,
      bin: 0,
      genes: new Float32Array(),
      patchCount: bag.rows,
      patches: () => bag.read(),
      load: (rows, into) => bag.load!(rows, into),
    }));
    return { cases, patchWidth: WIDTH, close: () => source.close!() };
  };

  /** Everything that comes by, copied. */
  async function walk(options: IterateOptions) {
    const cohort = open();
    const seen: { caseId: string; values: number[] }[] = [];
    for await (const { one, rows, patches } of iterateBags(cohort, options)) {
      expect(patches.length).toBe(rows * WIDTH);
      seen.push({ caseId: one.caseId, values: [...patches] });
    }
    cohort.close();
    return seen;
  }

  it('brings every bag whole, slides of a case after each other, whatever is read ahead', async () => {
    const cohort = open();
    const expected = cohort.cases.map((one) => ({ caseId: one.caseId, values: [...one.patches()] }));
    cohort.close();
    expect(expected[0]!.values.length).toBe((SLIDES[0]!.rows + SLIDES[1]!.rows) * WIDTH);
    for (const prefetch of [0, 1, 3, 100]) expect(await walk({ prefetch })).toEqual(expected);
  });

  it('shuffles by seed and epoch, every case once', async () => {
    const order = async (options: IterateOptions) => (await walk(options)).map(({ caseId }) => caseId);
    const plain = await order({});
    const first = await order({ seed: 7 });
    expect(await order({ seed: 7 })).toEqual(first);
    expect([...first].sort()).toEqual(plain);
    expect(first).not.toEqual(plain);
    expect(await order({ seed: 7, epoch: 1 })).not.toEqual(first);
    expect(await order({ seed: 8 })).not.toEqual(first);
  });

  it('samples the same patches for a seed, others in the next epoch, none twice', async () => {
    const first = await walk({ seed: 7, sample: 6 });
    expect(await walk({ seed: 7, sample: 6, prefetch: 4 })).toEqual(first);
    for (const { caseId, values } of first) {
      const rows = values.filter((_, i) => i % WIDTH === 0);
      expect(new Set(rows).size).toBe(6);
      const whole = (await walk({})).find((other) => other.caseId === caseId)!.values;
      for (const row of rows) expect(whole).toContain(row);
    }
    const next = await walk({ seed: 7, sample: 6, epoch: 1 });
    const byCase = new Map(next.map(({ caseId, values }) => [caseId, values]));
    expect(first.some(({ caseId, values }) => String(values) !== String(byCase.get(caseId)))).toBe(true);
  });

  it('begins to read ahead before a bag is asked for, and uses the memory of prefetch + 1 bags', async () => {
    const cohort = open();
    let begun = 0;
    const cases = cohort.cases.map((one) => ({
      ...one,
      load: (rows?: Uint32Array, into?: Float32Array) => {
        begun += 1;
        return one.load!(rows, into);
      },
    }));
    const memory = new Set<ArrayBufferLike>();
    let turn = 0;
    for await (const { patches } of iterateBags({ ...cohort, cases }, { prefetch: 2 })) {
      turn += 1;
      expect(begun).toBe(Math.min(cases.length, turn + 2));
      memory.add(patches.buffer);
    }
    expect(turn).toBe(8);
    expect(memory.size).toBe(3);
    cohort.close();
  });

  it('may be left early: what is under way ends before the cohort is closed', async () => {
    const cohort = open();
    for await (const { one } of iterateBags(cohort, { prefetch: 5 })) {
      if (one.caseId === 'TCGA-ZZ-0001') break;
    }
    cohort.close();
    await expect(async () => {
      const stop = new AbortController();
      for await (const _ of iterateBags(open(), { signal: stop.signal })) stop.abort();
    }).rejects.toThrow(/abort/);
  });

  it('a pack that lost its end is named when its turn comes, not before', async () => {
    const cohort = open();
    const size = statSync(pack).size;
    const seen: string[] = [];
    truncateSync(pack, size - 8);
    try {
      await expect(async () => {
        for await (const { one } of iterateBags(cohort, { prefetch: 8 })) seen.push(one.caseId);
      }).rejects.toThrow(/all.pack: ends 8 bytes early/);
    } finally {
      cohort.close();
      rmSync(pack);
      await packBags(findBags(SLIDES.map(({ slide }) => join(home, `${slide}.safetensors`))), pack);
    }
    expect(seen.length).toBe(7);
  });

  it('refuses counts that are none', async () => {
    const first = (options: IterateOptions) => iterateBags(open(), options).next();
    await expect(first({ prefetch: -1 })).rejects.toThrow(/prefetch is -1/);
    await expect(first({ sample: 0.5 })).rejects.toThrow(/sample is 0.5, expected a whole number from 1/);
  });

  it('walks through bags that are computed as well', async () => {
    const cohort = syntheticCohort('blca', { cases: 12 });
    const rows: number[] = [];
    for await (const { patches, one } of iterateBags(cohort, { sample: 30, seed: 1 })) {
      rows.push(patches.length / cohort.patchWidth);
      expect(rows.at(-1)).toBe(Math.min(30, one.patchCount));
    }
    expect(rows.length).toBe(12);
  });

  it('widens 16-bit numbers as the whole reader does', async () => {
    const cohort = open(halves);
    for await (const { one, patches } of iterateBags(cohort)) expect(patches).toEqual(one.patches());
    cohort.close();
  });
});
