import * as tf from '@tensorflow/tfjs-core';
import type { SurvivalLabel } from './nllSurvival.js';
import { requireShape } from './shape.js';

/** Options of the Cox partial likelihood. */
export interface CoxOptions {
  /**
   * Who is at risk when several cases share a time: `breslow`, all of them; `ordered`, for each case those before
   * it in the batch and itself, as a running sum over cases sorted by falling time leaves it (MMP).
   */
  readonly ties?: 'breslow' | 'ordered';
  /** What the sum is divided by: the observed events (MMP), or all cases (MCAT and its heirs). */
  readonly dividedBy?: 'events' | 'cases';
}

/**
 * Negative Cox partial log-likelihood of a batch: −Σ over events i of (η_i − log Σ over j at risk of exp η_j).
 *
 * @param logRisks [cases, 1] float32, borrowed.
 * @param labels one for each case, with months.
 * @returns scalar float32, owned by the caller; 0, with a gradient of 0, where no event was observed.
 * @throws RangeError if labels and cases differ in number, or months are missing.
 * @source Cox 1972; mahmoodlab/MMP@5878b84, src/utils/losses.py, `partial_ll_loss`.
 */
export function coxPartialLikelihood(
  logRisks: tf.Tensor2D,
  labels: readonly SurvivalLabel[],
  { ties = 'breslow', dividedBy = 'events' }: CoxOptions = {},
): tf.Scalar {
  const [cases] = requireShape(logRisks, ['cases', 1], 'coxPartialLikelihood(logRisks)');
  if (labels.length !== cases) {
    throw new RangeError(`coxPartialLikelihood: ${labels.length} labels for ${cases} cases`);
  }
  const months = labels.map(({ months: value }, i) => {
    if (value === undefined || !Number.isFinite(value)) {
      throw new RangeError(`coxPartialLikelihood: case ${i} has no follow-up in months`);
    }
    return value;
  });
  const events = labels.map(({ censored }) => 1 - censored);
  const observed = events.reduce((sum, event) => sum + event, 0);
  const divisor = dividedBy === 'events' ? Math.max(observed, 1) : labels.length;
  return tf.tidy(() => {
    const isAtRisk = (i: number, j: number): boolean =>
      months[j]! > months[i]! || (months[j] === months[i] && (ties === 'breslow' || j <= i));
    const outside = tf.tensor2d(
      months.map((_, i) => months.map((_other, j) => (isAtRisk(i, j) ? 0 : -Infinity))),
    ); // [cases, cases]
    const atRisk = tf.logSumExp(tf.add(tf.reshape(logRisks, [1, cases!]), outside), 1); // [cases]
    const terms = tf.mul(tf.sub(tf.reshape(logRisks, [cases!]), atRisk), tf.tensor1d(events));
    return tf.mul(tf.sum(terms), -1 / divisor) as tf.Scalar;
  });
}
