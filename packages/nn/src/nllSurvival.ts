import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from './shape.js';

/** When a case's event or censoring fell: the time bin, and whether it was censored (1) or observed (0). */
export interface SurvivalLabel {
  readonly bin: number;
  readonly censored: 0 | 1;
  /** Follow-up in months; needed by losses that compare times. */
  readonly months?: number;
}

/** Options of the discrete-time negative log-likelihood; the defaults are SurvPath's. */
export interface NllOptions {
  /** Weight taken away from censored cases, in [0, 1]. */
  readonly alpha?: number;
  /** Lower clamp of each likelihood factor. */
  readonly epsilon?: number;
}

/**
 * Log survival at the end of each bin, log S(k) = Σ_{j≤k} log(1 − h_j), from hazard logits.
 *
 * @param logits [cases, bins] float32, borrowed. @returns [cases, bins] float32, owned by the caller.
 */
export function logSurvival(logits: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => tf.cumsum(tf.neg(tf.softplus(logits)), 1));
}

/**
 * Discrete-time survival negative log-likelihood, summed over the cases, in log space: no factor can
 * underflow before it is clamped. Below the clamp the gradient is zero, as `torch.clamp`'s.
 *
 * @param logits [cases, bins] float32, borrowed.
 * @param labels one per case.
 * @returns scalar float32, owned by the caller.
 * @throws RangeError for a bin outside the logits, or as many labels as cases are not there.
 * @source Zadeh and Schmid 2020; mahmoodlab/SurvPath@3f73ddd, utils/loss_func.py, `nll_loss`.
 */
export function nllSurvival(
  logits: tf.Tensor2D,
  labels: readonly SurvivalLabel[],
  { alpha = 0.5, epsilon = 1e-7 }: NllOptions = {},
): tf.Scalar {
  const cases = labels.length;
  const bins = requireLabels('nllSurvival', logits, labels);
  return tf.tidy(() => {
    const weight = (of: (label: SurvivalLabel, bin: number) => number) =>
      tf.tensor2d(
        labels.map((label) => Array.from({ length: bins }, (_, k) => of(label, k))),
        [cases, bins],
      );
    const floor = Math.log(epsilon);
    // A factor before the first bin is 1, hence no weight at all when the bin is 0.
    const before = weight(({ bin, censored }, k) => (k === bin - 1 && !censored ? 1 : 0));
    const event = weight(({ bin, censored }, k) => (k === bin && !censored ? 1 : 0));
    const after = weight(({ bin, censored }, k) => (k === bin && censored ? 1 - alpha : 0));
    const survival = clampBelow(logSurvival(logits), floor);
    const hazard = clampBelow(tf.neg(tf.softplus(tf.neg(logits))), floor);
    const likelihood = tf.add(tf.mul(tf.add(before, after), survival), tf.mul(event, hazard));
    return tf.neg(tf.sum(likelihood)) as tf.Scalar;
  });
}

/**
 * How many bins the logits have.
 *
 * @throws RangeError for a bin outside them, or another number of labels than cases.
 */
export function requireLabels(loss: string, logits: tf.Tensor2D, labels: readonly SurvivalLabel[]): number {
  const [cases, bins] = requireShape(logits, ['cases', 'bins'], `${loss}(logits)`);
  if (labels.length !== cases) throw new RangeError(`${loss}: ${labels.length} labels for ${cases} cases`);
  labels.forEach(({ bin }, i) => {
    if (!Number.isInteger(bin) || bin < 0 || bin >= bins!) {
      throw new RangeError(`${loss}: case ${i} has bin ${bin}; the model has bins 0 to ${bins! - 1}`);
    }
  });
  return bins!;
}

/** max(x, bound) whose gradient is 1 at the bound and 0 below, as `torch.clamp`. */
function clampBelow(x: tf.Tensor2D, bound: number): tf.Tensor2D {
  return tf.maximum(x, tf.scalar(bound));
}

/** Hazard, survival and risk of each case from its logits; risk = −Σ S, higher is worse. */
export interface Prediction {
  /** [cases, bins] */
  readonly hazard: tf.Tensor2D;
  /** [cases, bins] at the end of each bin. */
  readonly survival: tf.Tensor2D;
  /** [cases], in [−bins, 0]. */
  readonly risk: tf.Tensor1D;
}

/** @param logits [cases, bins] hazard logits, float32, borrowed. @returns three tensors, owned by the caller. */
export function predictSurvival(logits: tf.Tensor2D): Prediction {
  return tf.tidy(() => {
    const survival = tf.exp(logSurvival(logits)) as tf.Tensor2D;
    return { hazard: tf.sigmoid(logits), survival, risk: tf.neg(tf.sum(survival, 1)) as tf.Tensor1D };
  }) as unknown as Prediction;
}
