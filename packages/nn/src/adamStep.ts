import * as tf from '@tensorflow/tfjs-core';
import type { AdamRule, AdamStepRule } from './adamRule.js';
import type { OuterProduct } from './gradient.js';
import { attribute, rawEffect } from './native.js';
import type { Variable } from './parameters.js';

/** A weight and its moments, to be updated in place through the buffers that `read` shares. */
export interface AdamMoments {
  readonly variable: Variable;
  readonly mean: Variable;
  readonly square: Variable;
  readonly isDecayed: boolean;
}

/** The numbers of a step [2, 9], the same for all parameters: for those that are kept as they are, and for the decayed. */
export type AdamStepNumbers = tf.Tensor2D;

/** The fused step: one pass over weight, moments and gradient, which as factors is never formed. */
export const adamStep = { numbers, apply, applyOuter };

function numbers({ betas: [beta1, beta2], decay, l2 }: AdamRule, step: AdamStepRule): AdamStepNumbers {
  const rest = [beta1, 1 - beta1, beta2, 1 - beta2, -step.rate, step.epsilon ?? 0];
  const divided = step.epsilon === undefined ? 0 : 1;
  return tf.tensor2d([
    [0, 0, ...rest, divided],
    [-decay, l2, ...rest, divided],
  ]);
}

/** Update all weights in one operation. @param gradients of their shapes, in their order, borrowed. */
function apply(
  weights: readonly AdamMoments[],
  gradients: readonly tf.Tensor[],
  rules: AdamStepNumbers,
): void {
  const which = tf.tensor1d(weights.map(({ isDecayed }) => (isDecayed ? 1 : 0)));
  rawEffect(
    'ConcordAdamSteps',
    [attribute.int('N', weights.length)],
    [
      ...weights.map(({ variable }) => variable.read()),
      ...weights.map(({ mean }) => mean.read()),
      ...weights.map(({ square }) => square.read()),
      ...[...gradients, which, rules],
    ],
  );
}

/** Update stacked weights by a gradient that is given as its factors, borrowed. */
function applyOuter(
  { variable, mean, square, isDecayed }: AdamMoments,
  { left, right }: OuterProduct,
  rules: AdamStepNumbers,
): void {
  const rule = tf.slice(rules, [isDecayed ? 1 : 0, 0], [1, 9]);
  rawEffect('ConcordAdamOuterStep', [], [variable.read(), mean.read(), square.read(), left, right, rule]);
}
