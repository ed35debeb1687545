import { expectClose, expectNoLeak } from '@concord/testing';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { initBackend } from './backend.js';
import { nllSurvival, predictSurvival } from './nllSurvival.js';
import { readReference, type Numbers } from './reference.testing.js';

interface LossCase {
  readonly logits: Numbers;
  readonly bin: number;
  readonly censored: 0 | 1;
  readonly loss: number;
  readonly gradient: Numbers;
}

const { cases } = readReference<{ cases: LossCase[] }>('losses');

beforeAll(() => initBackend());

describe('nllSurvival, as the product of clamped factors in float64', () => {
  it.each(cases.map((one, i) => ({ i, ...one })))('case $i: bin $bin, censored $censored', (one) => {
    expectNoLeak(() =>
      tf.tidy(() => {
        const logits = tf.tensor2d(one.logits.data, [1, 4]);
        const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => nllSurvival(x as tf.Tensor2D, [one]))(
          logits,
        );
        expectClose('loss', value.dataSync(), [one.loss], 8);
        expectClose('gradient', grad.dataSync(), one.gradient.data, 8);
      }),
    );
  });

  it('follows the hand-worked case: even hazards, event in the second bin', () => {
    // h = ½ in every bin: S(0) = ½, so the likelihood is ½ · ½.
    const loss = tf.tidy(() => nllSurvival(tf.zeros([1, 4]), [{ bin: 1, censored: 0 }]).dataSync()[0]!);
    expect(loss).toBeCloseTo(Math.log(4), 6);
  });

  it('refuses a bin that the model has not', () => {
    expect(() => nllSurvival(tf.zeros([1, 4]), [{ bin: 4, censored: 0 }])).toThrow('bins 0 to 3');
  });
});

describe('predictSurvival', () => {
  const logit = fc.double({ min: -20, max: 20, noNaN: true });

  it('never lowers the risk when a hazard rises', () => {
    fc.assert(
      fc.property(fc.array(logit, { minLength: 4, maxLength: 4 }), fc.nat(3), (logits, bin) => {
        const raised = logits.map((value, i) => (i === bin ? value + 1 : value));
        const [low, high] = tf.tidy(() => [
          ...predictSurvival(tf.tensor2d([logits, raised])).risk.dataSync(),
        ]);
        return high! >= low!;
      }),
    );
  });

  it('gives survival that starts below one and never rises', () => {
    fc.assert(
      fc.property(fc.array(logit, { minLength: 4, maxLength: 4 }), (logits) => {
        const survival = tf.tidy(() => [...predictSurvival(tf.tensor2d([logits])).survival.dataSync()]);
        return survival.every((value, i) => value >= 0 && value <= (i ? survival[i - 1]! : 1));
      }),
    );
  });
});
