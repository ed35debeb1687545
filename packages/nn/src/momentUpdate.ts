import * as tf from '@tensorflow/tfjs-core';
import { attribute, rawEffect } from './native.js';
import type { OptimiserRule, StepRule } from './optimiser.js';
import { createVariable, type Variable } from './parameters.js';
import { ResourceVariable } from './resourceVariable.js';

/** First and second moment of one parameter's gradient, and the update that they give. */
export interface MomentUpdate {
  /**
   * @param gradient borrowed.
   * @param scalars what `fusedScalars` made of the step; borrowed.
   */
  apply(gradient: tf.Tensor, step: StepRule, scalars: readonly tf.Tensor[]): void;
  dispose(): void;
}

type Betas = Pick<OptimiserRule, 'beta1' | 'beta2'>;

export function momentUpdate(variable: Variable, betas: Betas): MomentUpdate {
  const mean = createVariable(tf.zeros([...variable.shape]));
  const square = createVariable(tf.zeros([...variable.shape]));
  const apply =
    variable instanceof ResourceVariable &&
    mean instanceof ResourceVariable &&
    square instanceof ResourceVariable
      ? fused(variable, mean, square)
      : elementwise(variable, mean, square, betas);
  return {
    apply,
    dispose: () => {
      mean.dispose();
      square.dispose();
    },
  };
}

/** So large that √v + it is it in float32, and a power of two, so that dividing by it rounds nothing. */
const OVERWHELMING = 2 ** 60;

/**
 * The scalar inputs of ResourceApplyAdam, the same for all parameters of a step; owned by the caller. With
 * both beta powers 0 TensorFlow applies `rate · m / (√v + ε)` as given.
 *
 * TensorFlow forms 1 − β₂ in float32, where it is 0.001 · (1 − 1.3e-5); rate and ε are scaled by the root
 * of that factor, so that what v lacks cancels. A step without denominator gets an ε beside which √v
 * vanishes, and a rate multiplied by it.
 */
export function fusedScalars({ beta1, beta2 }: Betas, { rate, epsilon }: StepRule): tf.Tensor[] {
  const scale = Math.sqrt((1 - Math.fround(beta2)) / (1 - beta2));
  const [lr, eps] =
    epsilon === undefined ? [rate * OVERWHELMING, OVERWHELMING] : [rate * scale, epsilon * scale];
  return [0, 0, lr, beta1, beta2, eps].map((value) => tf.scalar(value));
}

/** One ResourceApplyAdam. */
function fused(
  variable: ResourceVariable,
  mean: ResourceVariable,
  square: ResourceVariable,
): MomentUpdate['apply'] {
  const handles = [variable.handle, mean.handle, square.handle];
  return (gradient, _step, scalars) => {
    const attributes = [
      attribute.float32(),
      attribute.bool('use_locking', false),
      attribute.bool('use_nesterov', false),
    ];
    rawEffect('ResourceApplyAdam', attributes, [...handles, ...scalars, gradient]);
  };
}

function elementwise(variable: Variable, mean: Variable, square: Variable, { beta1, beta2 }: Betas) {
  const average = (moment: Variable, beta: number, value: tf.Tensor): tf.Tensor => {
    const next = tf.add(tf.mul(moment.read(), beta), tf.mul(value, 1 - beta));
    moment.assign(tf.keep(next.clone()));
    return next;
  };
  return (gradient: tf.Tensor, { rate, epsilon }: StepRule): void => {
    tf.tidy(() => {
      const m = average(mean, beta1, gradient);
      const v = average(square, beta2, tf.square(gradient));
      const direction = epsilon === undefined ? m : tf.div(m, tf.add(tf.sqrt(v), epsilon));
      variable.assign(tf.keep(tf.sub(variable.read(), tf.mul(direction, rate))));
    });
  };
}
