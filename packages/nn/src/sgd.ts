import * as tf from '@tensorflow/tfjs-core';
import { denseGradient } from './gradient.js';
import { attribute, rawEffect } from './native.js';
import { Optimiser, type ParameterUpdate } from './optimiser.js';
import { createVariable, type Parameters, type Variable } from './parameters.js';
import { ResourceVariable } from './resourceVariable.js';

/** Options of stochastic gradient descent; torch's defaults but for the rate, which torch demands. */
export interface SgdOptions {
  readonly learningRate: number;
  readonly momentum?: number;
  /** Added to the gradient, `g + weightDecay · p`. */
  readonly weightDecay?: number;
}

/**
 * Stochastic gradient descent with momentum, as `torch.optim.SGD`: b ← momentum · b + g, p ← p − rate · b,
 * with b = g in the first step.
 */
export function sgd(
  parameters: Parameters,
  { learningRate, momentum = 0, weightDecay = 0 }: SgdOptions,
): Optimiser {
  let rateNow = learningRate;
  return new Optimiser(parameters, {
    begin: (_step, factor) => void (rateNow = learningRate * factor),
    update,
  });

  function update(variable: Variable): ParameterUpdate {
    // b starts at zero, which makes it the gradient after the first step.
    const velocity = createVariable(tf.zeros([...variable.shape]));
    return {
      slots: { velocity },
      apply: (given) => {
        const gradient = denseGradient(given);
        const g = weightDecay ? tf.add(gradient, tf.mul(variable.read(), weightDecay)) : gradient;
        if (variable instanceof ResourceVariable && velocity instanceof ResourceVariable) {
          fused(variable, velocity, g);
        } else elementwise(variable, velocity, g);
      },
    };
  }

  function fused(variable: ResourceVariable, velocity: ResourceVariable, gradient: tf.Tensor): void {
    const attributes = [
      attribute.float32(),
      attribute.bool('use_locking', false),
      attribute.bool('use_nesterov', false),
    ];
    const [rate, kept] = [tf.scalar(rateNow), tf.scalar(momentum)];
    const inputs = [variable.handle, velocity.handle, rate, gradient, kept];
    rawEffect('ResourceApplyMomentum', attributes, inputs);
  }

  function elementwise(variable: Variable, velocity: Variable, gradient: tf.Tensor): void {
    const next = tf.add(tf.mul(velocity.read(), momentum), gradient);
    velocity.assign(tf.keep(next.clone()));
    variable.assign(tf.keep(tf.sub(variable.read(), tf.mul(next, rateNow))));
  }
}
