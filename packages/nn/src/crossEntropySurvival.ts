import * as tf from '@tensorflow/tfjs-core';
import { logSurvival, requireLabels, type SurvivalLabel } from './nllSurvival.js';

/** Options of the cross-entropy survival loss; the defaults are MCAT's. */
export interface CrossEntropyOptions {
  /** Weight of the likelihood of observed events beside the cross entropy, in [0, 1]. */
  readonly alpha?: number;
  readonly epsilon?: number;
}

/**
 * Cross entropy between survival at the end of a case's bin and whether it was survived, mixed with the
 * likelihood of observed events, summed over the cases:
 * (1 − α) · [−c log S_y − (1 − c) log(1 − S_y)] + α · −(1 − c) [log(S_{y−1} + ε) + log h_y], factors clamped at ε.
 *
 * @param logits [cases, bins] float32, borrowed.
 * @param labels one for each case.
 * @returns scalar float32, owned by the caller.
 * @throws RangeError as nllSurvival.
 * @source mahmoodlab/MCAT@b9cca63, utils/utils.py, `ce_loss`, which takes the mean instead.
 */
export function crossEntropySurvival(
  logits: tf.Tensor2D,
  labels: readonly SurvivalLabel[],
  { alpha = 0.15, epsilon = 1e-7 }: CrossEntropyOptions = {},
): tf.Scalar {
  const bins = requireLabels('crossEntropySurvival', logits, labels);
  return tf.tidy(() => {
    const at = (offset: number, wanted: 0 | 1) =>
      tf.tensor2d(
        labels.map(({ bin, censored }) =>
          Array.from({ length: bins }, (_, k) => (k === bin + offset && censored === wanted ? 1 : 0)),
        ),
        [labels.length, bins],
      );
    const logs = logSurvival(logits);
    const survival = tf.exp(logs);
    const clamped = (x: tf.Tensor) => tf.maximum(x, epsilon);
    const survived = tf.mul(at(0, 1), tf.log(clamped(survival)));
    const died = tf.mul(at(0, 0), tf.log(tf.sub(1, clamped(survival))));
    const before = tf.mul(at(-1, 0), tf.log(tf.add(survival, epsilon)));
    const hazard = tf.mul(at(0, 0), tf.log(clamped(tf.sigmoid(logits))));
    const crossEntropy = tf.neg(tf.sum(tf.add(survived, died)));
    // Before the first bin everybody is alive: log(1 + ε), a constant.
    const first = labels.filter(({ bin, censored }) => bin === 0 && !censored).length;
    const likelihood = tf.neg(tf.add(tf.sum(tf.add(before, hazard)), first * Math.log1p(epsilon)));
    return tf.add<tf.Scalar>(tf.mul(crossEntropy, 1 - alpha), tf.mul(likelihood, alpha));
  });
}
