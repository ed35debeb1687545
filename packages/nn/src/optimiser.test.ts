import { expectClose, expectNoLeak } from '@concord/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { adam, adamW } from './adam.js';
import { initBackend } from './backend.js';
import { Parameters } from './parameters.js';
import { radam, type AdamOptions } from './radam.js';
import { readReference, type Numbers } from './reference.testing.js';

interface OptimiserCase {
  readonly name: 'radam' | 'adam' | 'adamW';
  readonly options: AdamOptions;
  readonly start: Numbers;
  readonly gradients: Numbers[];
  readonly after: Numbers[];
}

const { cases, torch } = readReference<{ cases: OptimiserCase[]; torch: string }>('optimisers');
const makers = { radam, adam, adamW };

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

  it('refuses a step in which a parameter has no gradient', () => {
    const parameters = Parameters.from({ p: { shape: [1], data: Float32Array.of(1) } });
    const optimiser = radam(parameters);
    expect(() => optimiser.apply({})).toThrow('no gradient for parameter p');
    optimiser.dispose();
    parameters.dispose();
  });

  it('keeps the fused decay of a large parameter exact over a thousand steps', () => {
    const size = 2 ** 20;
    const parameters = Parameters.from({ p: { shape: [size], data: new Float32Array(size).fill(-0.06) } });
    const optimiser = radam(parameters, { learningRate: 5e-4, weightDecay: 1e-3 });
    tf.tidy(() => {
      const gradient = tf.zeros([size]);
      for (let step = 0; step < 1000; step++) tf.tidy(() => optimiser.apply({ p: gradient }));
    });
    const first = tf.tidy(() => tf.slice(parameters.tensors()['p']!, 0, 1).dataSync());
    // A divisor that is off by its float32 grid in every step would be a thousand units away.
    expectClose('p', first, [-0.06 * (1 - 5e-7) ** 1000], 300);
    optimiser.dispose();
    parameters.dispose();
  });
});
