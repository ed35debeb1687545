import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from './shape.js';
import { withGradient } from './withGradient.js';

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
 * underflow before it is clamped. Below the clamp the gradient is zero, as `torch.clamp`'s. It is computed in float64 on
 * the host and rounded once.
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
  const bins = requireLabels('nllSurvival', logits, labels);
  return onHost(labels, bins, alpha, Math.log(epsilon))(logits);
}

/** A few numbers a case, for which forty operations of TensorFlow would take longer than most layers. */
function onHost(labels: readonly SurvivalLabel[], bins: number, alpha: number, floor: number) {
  return withGradient<[tf.Tensor2D], tf.Scalar>((_save, logits) => {
    const values = logits.dataSync();
    const gradient = new Float32Array(values.length);
    let loss = 0;
    labels.forEach((label, i) => {
      const own = values.subarray(i * bins, (i + 1) * bins);
      loss += caseLoss(own, label, alpha, floor, gradient.subarray(i * bins, (i + 1) * bins));
    });
    return {
      value: tf.scalar(loss),
      gradFunc: (dy: tf.Tensor) => tf.mul(dy, tf.tensor2d(gradient, logits.shape)),
    };
  });
}

/**
 * −log S(bin − 1) − log h(bin) for an event, −(1 − α) log S(bin) where it is censored, each log no less than the floor.
 *
 * @param gradient is added to.
 */
function caseLoss(
  logits: ArrayLike<number>,
  { bin, censored }: SurvivalLabel,
  alpha: number,
  floor: number,
  gradient: Float32Array,
): number {
  // A factor before the first bin is 1.
  const last = censored ? bin : bin - 1;
  const weight = censored ? 1 - alpha : 1;
  let survival = 0;
  for (let k = 0; k <= last; k++) survival -= softplus(logits[k]!);
  if (survival >= floor) for (let k = 0; k <= last; k++) gradient[k]! += weight * sigmoid(logits[k]!);
  const loss = -weight * Math.max(survival, floor);
  if (censored) return loss;
  const hazard = -softplus(-logits[bin]!);
  if (hazard >= floor) gradient[bin]! -= sigmoid(-logits[bin]!);
  return loss - Math.max(hazard, floor);
}

function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
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
