import { expectClose, expectNoLeak } from '@concord/testing';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { initBackend } from './backend.js';
import { coxPartialLikelihood } from './coxPartialLikelihood.js';
import { crossEntropySurvival } from './crossEntropySurvival.js';
import type { SurvivalLabel } from './nllSurvival.js';
import { readReference, type Numbers } from './reference.testing.js';
import { survivalRanking } from './survivalRanking.js';

interface BatchLossCase {
  readonly name: 'cox' | 'ranking' | 'crossEntropy';
  readonly options: object;
  readonly labels: SurvivalLabel[];
  readonly input: Numbers;
  readonly loss: number;
  readonly gradient: Numbers;
}

const { cases } = readReference<{ cases: BatchLossCase[] }>('batchLosses');
const losses = {
  cox: coxPartialLikelihood,
  ranking: survivalRanking,
  crossEntropy: crossEntropySurvival,
};

beforeAll(() => initBackend());

describe('losses of a batch, as their definitions in float64', () => {
  it.each(cases)('$name $options', ({ name, options, labels, input, loss, gradient }) => {
    expectNoLeak(() =>
      tf.tidy(() => {
        const start = tf.tensor2d(input.data, input.shape as [number, number]);
        const run = (x: tf.Tensor) => losses[name](x as tf.Tensor2D, labels, options);
        const { value, grad } = tf.valueAndGrad(run)(start);
        expectClose('loss', value.dataSync(), [loss], 8);
        expectClose('gradient', grad.dataSync(), gradient.data, 8);
      }),
    );
  });
});

const label = (months: number, censored: 0 | 1): SurvivalLabel => ({ bin: 0, censored, months });

describe('the Cox partial likelihood', () => {
  it('of two cases, the first of which dies, is the log of its chance to be the one', () => {
    const loss = tf.tidy(() => {
      const etas = tf.tensor2d([[Math.log(3)], [0]]);
      return coxPartialLikelihood(etas, [label(1, 0), label(2, 1)]).dataSync()[0]!;
    });
    expect(loss).toBeCloseTo(-Math.log(3 / 4), 6);
  });

  it('is zero with a gradient of zero where nobody died', () => {
    tf.tidy(() => {
      const run = (x: tf.Tensor) => coxPartialLikelihood(x as tf.Tensor2D, [label(1, 1), label(2, 1)]);
      const { value, grad } = tf.valueAndGrad(run)(tf.tensor2d([[3], [-2]]));
      expect([value.dataSync()[0], ...grad.dataSync()].map((x) => Math.abs(x!))).toEqual([0, 0, 0]);
    });
  });

  it('does not change when all log-risks rise alike, however large they are', () => {
    const eta = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(fc.array(eta, { minLength: 3, maxLength: 8 }), fc.constantFrom(0, 90, -90), (etas, by) => {
        const labels = etas.map((_, i) => label(i + 1, i % 2 === 0 ? 0 : 1));
        const [base, raised] = [0, by].map((shift) =>
          tf.tidy(() => {
            const x = tf.tensor2d(etas.map((value) => [value + shift]));
            return coxPartialLikelihood(x, labels).dataSync()[0]!;
          }),
        );
        expect(raised).toBeCloseTo(base!, 3);
      }),
    );
  });

  it('names what it cannot do', () => {
    expect(() => coxPartialLikelihood(tf.zeros([1, 1]), [{ bin: 0, censored: 0 }])).toThrow(
      'case 0 has no follow-up in months',
    );
    expect(() => coxPartialLikelihood(tf.zeros([2, 1]), [label(1, 0)])).toThrow('1 labels for 2 cases');
  });
});

describe('the ranking loss', () => {
  it('is zero where no pair can be compared', () => {
    const loss = tf.tidy(
      () => survivalRanking(tf.tensor2d([[1], [2]]), [label(1, 1), label(2, 1)]).dataSync()[0]!,
    );
    expect(Math.abs(loss)).toBe(0);
  });
});
