import { describe, expect, it } from 'vitest';
import { epochOrder } from './epochOrder.js';
import { batchesOf, requirePlan, stepsOfEpoch } from './plan.js';
import { rateFactor } from './schedule.js';
import { tinyPlan, tinySet } from './tinyModel.testing.js';
import { requireTrainable } from './trainingSet.js';

const { shape, cases } = tinySet('blca', { cases: 200 });

describe('the order of an epoch', () => {
  it('is a function of seed and epoch', () => {
    for (const sampling of ['weighted', 'uniform'] as const) {
      const order = (seed: number, epoch: number) => [...epochOrder(cases, sampling, seed, epoch)];
      expect(order(7, 3)).toEqual(order(7, 3));
      expect(order(7, 3)).not.toEqual(order(7, 4));
      expect(order(7, 3)).not.toEqual(order(8, 3));
    }
  });

  it('sees every case once, drawn uniformly', () => {
    const order = [...epochOrder(cases, 'uniform', 7, 0)].sort((a, b) => a - b);
    expect(order).toEqual(cases.map((_, i) => i));
  });

  it('gives every class the same share, weighted', () => {
    const classOf = (i: number) => `${cases[i]!.bin}/${cases[i]!.event}`;
    const classes = new Set(cases.map((_, i) => classOf(i)));
    const counts = new Map<string, number>();
    const epochs = 50;
    for (let epoch = 0; epoch < epochs; epoch++) {
      for (const i of epochOrder(cases, 'weighted', 7, epoch)) {
        counts.set(classOf(i), (counts.get(classOf(i)) ?? 0) + 1);
      }
    }
    const n = epochs * cases.length;
    const share = 1 / classes.size;
    // Five standard deviations of a binomial share.
    const limit = 5 * Math.sqrt((share * (1 - share)) / n);
    for (const name of classes) expect(Math.abs(counts.get(name)! / n - share)).toBeLessThan(limit);
  });
});

describe('steps of an epoch', () => {
  it('take all cases, the last one what is left', () => {
    const { protocol } = tinyPlan();
    expect(stepsOfEpoch(protocol, 20)).toBe(4);
    expect(batchesOf(protocol, 0, 20)).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
    expect(batchesOf(protocol, 3, 20)).toEqual([[18, 19]]);
    expect(batchesOf(protocol, 3, 19)).toEqual([[18]]);
  });
});

describe('the learning rate', () => {
  it('rises evenly and falls along half a cosine', () => {
    const cosine = { name: 'cosine', warmUp: 0.25, floor: 0.2 } as const;
    const factors = Array.from({ length: 8 }, (_, step) => rateFactor(cosine, step, 8));
    expect(factors.slice(0, 3)).toEqual([0.5, 1, 1]);
    expect(factors[7]).toBeCloseTo(0.2, 12);
    // Of five steps down, the share 2/5: 0.2 + 0.8 (1 + cos 2π/5) / 2.
    expect(factors[4]).toBeCloseTo(0.2 + 0.4 * (1 + (Math.sqrt(5) - 1) / 4), 12);
    expect(rateFactor({ name: 'constant' }, 3, 8)).toBe(1);
  });
});

describe('what cannot be trained on', () => {
  const reads = { genes: true, patches: true };

  it('is named', () => {
    const censored = cases.map((one) => ({ ...one, event: false }));
    expect(() => requireTrainable({ shape, cases: censored }, reads)).toThrow(
      'all 200 cases of blca are censored',
    );
    expect(() => requireTrainable({ shape, cases: [] }, reads)).toThrow('no cases');
    expect(() => requireTrainable({ shape, cases: [cases[0]!, ...cases] }, reads)).toThrow('occurs twice');
    const blind = cases.map((one, i) => (i < 2 ? { ...one, patchCount: 0 } : one));
    expect(() => requireTrainable({ shape, cases: blind }, reads)).toThrow(
      `${cases[0]!.caseId} of blca has no patches, which the model reads, as have 1 other cases`,
    );
    requireTrainable({ shape, cases: blind }, { genes: true, patches: false });
    const without = cases.map((one) => ({ ...one, genes: new Float32Array() }));
    expect(() => requireTrainable({ shape, cases: without }, reads)).toThrow('has no expression of');
  });

  it('is a plan that cannot be followed', () => {
    expect(() => requirePlan(tinyPlan({ epochs: 0 }), 0)).toThrow('epochs is 0');
    expect(() => requirePlan(tinyPlan({ stop: { patience: 2, by: 'loss' } }), 0)).toThrow('validation cases');
    expect(() => requirePlan(tinyPlan({ schedule: { name: 'cosine', warmUp: 1, floor: 0 } }), 0)).toThrow(
      'warm-up',
    );
  });
});
