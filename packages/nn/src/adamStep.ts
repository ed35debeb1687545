import * as tf from '@tensorflow/tfjs-core';
import type { AdamRule, AdamStepRule } from './adamRule.js';
import type { Gradient } from './gradient.js';
import { rawEffect } from './native.js';
import type { Variable } from './parameters.js';

/** The numbers of a step, the same for all parameters: for those that are decayed, and for the others. */
export interface AdamStepNumbers {
  readonly decayed: tf.Tensor1D;
  readonly kept: tf.Tensor1D;
}

/** The fused step: one pass over weight, moments and gradient, which as factors is never formed. */
export const adamStep = { numbers, apply };

function numbers({ betas: [beta1, beta2], decay, l2 }: AdamRule, step: AdamStepRule): AdamStepNumbers {
  const rest = [beta1, 1 - beta1, beta2, 1 - beta2, -step.rate, step.epsilon ?? 0];
  const divided = step.epsilon === undefined ? 0 : 1;
  return {
    decayed: tf.tensor1d([-decay, l2, ...rest, divided]),
    kept: tf.tensor1d([0, 0, ...rest, divided]),
  };
}

/** Update weight and moments in place, through the buffers that `read` shares. */
function apply(
  weight: Variable,
  mean: Variable,
  square: Variable,
  gradient: Gradient,
  { decayed, kept }: AdamStepNumbers,
  isDecayed: boolean,
): void {
  const updated = [weight.read(), mean.read(), square.read()];
  const rule = isDecayed ? decayed : kept;
  if (gradient instanceof tf.Tensor) rawEffect('ConcordAdamStep', [], [...updated, gradient, rule]);
  else rawEffect('ConcordAdamOuterStep', [], [...updated, gradient.left, gradient.right, rule]);
}
