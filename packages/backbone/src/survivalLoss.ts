import {
  coxPartialLikelihood,
  crossEntropySurvival,
  nllSurvival,
  predictSurvival,
  survivalRanking,
  type SurvivalLabel,
} from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import type { LossSpec } from './protocol.js';

/**
 * Whether a loss compares the cases of a batch with each other. Models trained by such a loss have a log-risk as
 * their single output; the others have a hazard for each bin.
 */
export function comparesCases({ name }: LossSpec): boolean {
  return name === 'cox' || name === 'ranking';
}

/**
 * The survival loss of a batch.
 *
 * @param logits [cases, bins] hazard logits, or [cases, 1] log-risks; borrowed.
 * @returns scalar, owned by the caller.
 */
export function survivalLoss(
  spec: LossSpec,
  logits: tf.Tensor2D,
  labels: readonly SurvivalLabel[],
): tf.Scalar {
  if (spec.name === 'cox') return coxPartialLikelihood(logits, labels, spec);
  if (spec.name === 'ranking') return survivalRanking(logits, labels, spec);
  const { alpha, eps: epsilon, reduction } = spec;
  const loss = spec.name === 'nll' ? nllSurvival : crossEntropySurvival;
  return tf.tidy(() => {
    const sum = loss(logits, labels, { alpha, epsilon });
    return reduction === 'mean' && labels.length > 1 ? tf.div(sum, labels.length) : sum;
  });
}

/**
 * What a model says of its cases, by name: hazard, survival and risk; from log-risks the risk alone, exp η.
 *
 * @param logits as in `survivalLoss`. @returns tensors owned by the caller; `risk` is [cases].
 */
export function predict(loss: LossSpec, logits: tf.Tensor2D): Readonly<Record<string, tf.Tensor>> {
  if (!comparesCases(loss)) return { ...predictSurvival(logits) };
  return tf.tidy(() => ({ risk: tf.reshape(tf.exp(logits), [logits.shape[0]]) }));
}
