import { expectClose, expectNoLeak } from '@concord/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { adam, adamW } from './adam.js';
import { hasOwnOperations } from './ownOperations.js';
import { denseGradient } from './gradient.js';
import { initBackend, isNative } from './backend.js';
import { lamb } from './lamb.js';
import { Parameters } from './parameters.js';
import type { AdamOptions } from './adamRule.js';
import { radam } from './radam.js';
import { readReference, type Numbers } from './reference.testing.js';
import { sgd, type SgdOptions } from './sgd.js';

interface OptimiserCase {
  readonly name: 'radam' | 'adam' | 'adamW' | 'lamb' | 'sgd';
  readonly options: AdamOptions;
  readonly start: Numbers;
  readonly gradients: Numbers[];
  readonly after: Numbers[];
}

const { cases, torch } = readReference<{ cases: OptimiserCase[]; torch: string }>('optimisers');
const makers = { radam, adam, adamW, lamb, sgd: (p: Parameters, o: object) => sgd(p, o as SgdOptions) };

beforeAll(() => initBackend());

describe(`optimisers, as torch.optim ${torch} in float64`, () => {
  it.each(cases.map((one, i) => ({ i, ...one })))(
    '$name $options',
    ({ name, options, start, gradients, after }) => {
      expectNoLeak(() => {
        const parameters = Parameters.from({
          p: { shape: start.shape, data: Float32Array.from(start.data) },
        });
        const optimiser = makers[name](parameters, options);
        gradients.forEach((gradient, step) => {
          tf.tidy(() => {
            optimiser.apply({ p: tf.tensor(gradient.data, gradient.shape) });
            expectClose(`step ${step + 1}`, parameters.tensors()['p']!.dataSync(), after[step]!.data, 8);
          });
        });
        optimiser.dispose();
        parameters.dispose();
      });
    },
  );

  // Worked by hand: u = m / (√v + ε) + decay · p, then p − rate · min(‖p‖, 10) / ‖u‖ · u.
  it.each([
    {
      // u = [½ + ½·3, −½ + ½·4] = [2, 1½], of norm 2½, half of ‖p‖ = 5.
      what: 'scales the step by the norm of the weight',
      ...{ start: [3, 4], gradient: [1, -1], after: [2.6, 3.7] },
      options: { learningRate: 0.1, betas: [0, 0], epsilon: 1, weightDecay: 0.5 },
    },
    {
      // u = ½ p, of norm 25; ‖p‖ = 50 counts as 10.
      what: 'does not trust a norm above 10',
      ...{ start: [30, 40], gradient: [0, 0], after: [27, 36] },
      options: { learningRate: 0.5, weightDecay: 0.5 },
    },
    {
      // The trust of a weight of zeros is 1.
      what: 'takes the plain step from zero',
      ...{ start: [0, 0], gradient: [1, -1], after: [-0.25, 0.25] },
      options: { learningRate: 0.5, betas: [0, 0], epsilon: 1 },
    },
    {
      // m = ½ g, √v = ½ |g|: [½, −½] / (½ + ½); corrected for their start at zero they would give ⅔.
      what: 'does not correct the moments for their start',
      ...{ start: [0, 0], gradient: [1, -1], after: [-0.25, 0.25] },
      options: { learningRate: 0.5, betas: [0.5, 0.75], epsilon: 0.5 },
    },
  ] as const)('Lamb $what', ({ start, gradient, after, options }) => {
    const parameters = Parameters.from({ p: { shape: [2], data: Float32Array.from(start) } });
    const optimiser = lamb(parameters, options);
    tf.tidy(() => {
      optimiser.apply({ p: tf.tensor1d([...gradient]) });
      expectClose('p', parameters.tensors()['p']!.dataSync(), after, 4);
    });
    optimiser.dispose();
    parameters.dispose();
  });

  it('refuses a step in which a parameter has no gradient', () => {
    const parameters = Parameters.from({ p: { shape: [1], data: Float32Array.of(1) } });
    const optimiser = radam(parameters);
    expect(() => optimiser.apply({})).toThrow('no gradient for parameter p');
    optimiser.dispose();
    parameters.dispose();
  });

  it('takes the fused step where the native library computes on the CPU', () => {
    expect(hasOwnOperations()).toBe(isNative());
  });

  it('leaves the numbers alone that parameters start from or are given', () => {
    const [start, given] = [Float32Array.of(1, -1), Float32Array.of(2, -2)];
    const parameters = Parameters.from({ p: { shape: [2], data: start } });
    const optimiser = adam(parameters, { learningRate: 0.5 });
    const step = () => tf.tidy(() => optimiser.apply({ p: tf.ones([2]) }));
    step();
    parameters.assign('p', { shape: [2], data: given });
    step();
    expect([...start, ...given]).toEqual([1, -1, 2, -2]);
    optimiser.dispose();
    parameters.dispose();
  });

  it('does not decay biases where only matrices are decayed', () => {
    const start = {
      matrix: { shape: [1, 2], data: Float32Array.of(1, -1) },
      bias: { shape: [1], data: Float32Array.of(1) },
    };
    const parameters = Parameters.from(start);
    const optimiser = adamW(parameters, { learningRate: 0.5, weightDecay: 0.5, decays: 'matrices' });
    tf.tidy(() => {
      optimiser.apply({ matrix: tf.zeros([1, 2]), bias: tf.zeros([1]) });
      const { matrix, bias } = parameters.tensors();
      expect([...matrix!.dataSync(), ...bias!.dataSync()]).toEqual([0.75, -0.75, 1]);
    });
    optimiser.dispose();
    parameters.dispose();
  });

  it.each(
    (Object.keys(makers) as (keyof typeof makers)[]).flatMap((name) => [
      { name, of: 'stacked weights', single: false as const },
      { name, of: 'one matrix', single: true as const },
    ]),
  )('$name takes a gradient of $of as factors, to the bit like the gradient itself', ({ name, single }) => {
    expectNoLeak(() => {
      // Large enough to be shared by threads, with rows that do not divide evenly.
      const shape = single ? [450, 160] : [5, 90, 160];
      const [stacked, out] = single ? [1, 450] : [5, 90];
      const start = tf.tidy(() => tf.randomNormal(shape, 0, 1, 'float32', 1).dataSync() as Float32Array);
      const after = [false, true].map((asFactors) => {
        const parameters = Parameters.from({ p: { shape, data: start } });
        const optimiser = makers[name](parameters, { learningRate: 0.01, weightDecay: 0.1 });
        const values = tf.tidy(() => {
          for (let step = 0; step < 7; step++) {
            const factors = {
              left: tf.randomNormal<tf.Rank.R2>([stacked, out], 0, 1, 'float32', 2 + step),
              right: tf.randomNormal<tf.Rank.R2>([stacked, 160], 0, 1, 'float32', 20 + step),
              ...(single && { single }),
            };
            optimiser.apply({ p: asFactors ? factors : denseGradient(factors) });
          }
          return parameters.tensors()['p']!.dataSync();
        });
        optimiser.dispose();
        parameters.dispose();
        return values;
      });
      expect(after[1]).toEqual(after[0]);
      expect(after[0]).not.toEqual(start);
    });
  });

  it('refuses factors that do not fit the weight', () => {
    if (!hasOwnOperations()) return;
    const parameters = Parameters.from({ p: { shape: [2, 3, 4], data: new Float32Array(24) } });
    const optimiser = adam(parameters);
    const apply = () =>
      tf.tidy(() => optimiser.apply({ p: { left: tf.zeros([2, 4]), right: tf.zeros([2, 3]) } }));
    expect(apply).toThrow('factors [n, out] and [n, in] do not fit');
    optimiser.dispose();
    parameters.dispose();
  });

  it.each([
    ['radam', {}],
    ['adam', {}],
    ['adamW', { weightDecay: 0.1 }],
    ['lamb', { weightDecay: 0.1 }],
    ['sgd', { momentum: 0.9 }],
  ] as const)('%s scales its rate, decay included, by a factor of the step', (name, more) => {
    const run = (learningRate: number, factor: number) => {
      const parameters = Parameters.from({ p: { shape: [3], data: Float32Array.of(1, -2, 0.5) } });
      const optimiser = makers[name](parameters, { ...more, learningRate });
      for (const slope of [1, -0.25, 3, 0.5, 2, 1, -1]) {
        tf.tidy(() => optimiser.apply({ p: tf.tensor1d([slope, slope / 2, -slope]) }, factor));
      }
      const { data } = parameters.values()['p']!;
      optimiser.dispose();
      parameters.dispose();
      return [...data];
    };
    // A power of two scales without rounding.
    expect(run(0.25, 0.5)).toEqual(run(0.125, 1));
    expect(run(0.25, 0.5)).not.toEqual(run(0.25, 1));
  });

  it('refuses a state that is not of its parameters, and changes nothing', () => {
    const make = (shape: number[]) => {
      const size = shape.reduce((all, n) => all * n, 1);
      const parameters = Parameters.from({ p: { shape, data: new Float32Array(size).fill(1) } });
      return { parameters, optimiser: adam(parameters) };
    };
    expectNoLeak(() => {
      const [own, other] = [make([2]), make([3])];
      tf.tidy(() => own.optimiser.apply({ p: tf.ones([2]) }));
      const before = own.optimiser.state();
      expect(() => own.optimiser.restore(other.optimiser.state())).toThrow(
        'slot mean/p has shape [3], expected [2]',
      );
      expect(() => own.optimiser.restore({ steps: 1, slots: {} })).toThrow('slot mean/p is missing');
      expect(own.optimiser.state()).toEqual(before);
      for (const { parameters, optimiser } of [own, other]) {
        optimiser.dispose();
        parameters.dispose();
      }
    });
  });

  it('decays a large parameter, shared by threads, over a thousand steps', () => {
    const size = 2 ** 20;
    const parameters = Parameters.from({ p: { shape: [size], data: new Float32Array(size).fill(-0.06) } });
    const optimiser = radam(parameters, { learningRate: 5e-4, weightDecay: 1e-3 });
    tf.tidy(() => {
      const gradient = tf.zeros([size]);
      for (let step = 0; step < 1000; step++) tf.tidy(() => optimiser.apply({ p: gradient }));
    });
    const [least, most] = tf.tidy(() => {
      const values = parameters.tensors()['p']!;
      return [tf.min(values).dataSync()[0]!, tf.max(values).dataSync()[0]!];
    });
    expect(least).toBe(most);
    // p + (−d) p rounds the same way in every step; float32 leaves so much of a thousand of them.
    expectClose('p', [least], [-0.06 * (1 - 5e-7) ** 1000], 300);
    optimiser.dispose();
    parameters.dispose();
  });
});
