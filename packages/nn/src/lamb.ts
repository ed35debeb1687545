import * as tf from '@tensorflow/tfjs-core';
import type { AdamOptions } from './adamRule.js';
import { denseGradient } from './gradient.js';
import { movingAverage } from './movingAverage.js';
import { Optimiser, type ParameterUpdate } from './optimiser.js';
import { createVariable, type Parameters, type Variable } from './parameters.js';

/** Norm of a weight beyond which its trust does not grow. */
const LARGEST_NORM = 10;

/**
 * Lamb as the published file has it: no bias correction; u = m / (√v + ε) + decay · p, and p ← p − rate · t · u with
 * the trust t = min(‖p‖, 10) / ‖u‖, or 1 where one of the norms is 0.
 *
 * The published training code never reaches it: its `--opt lamb` calls `ast.Lambda` (utils/core_utils.py, line 105).
 *
 * @source arXiv 1904.00962; mahmoodlab/SurvPath@3f73ddd, custom_optims/lamb.py, Lamb.
 */
export function lamb(
  parameters: Parameters,
  {
    learningRate = 1e-3,
    betas: [beta1, beta2] = [0.9, 0.999],
    epsilon = 1e-6,
    weightDecay = 0,
  }: Omit<AdamOptions, 'decays'> = {},
): Optimiser {
  let scale = 1;
  return new Optimiser(parameters, { begin: (_step, factor) => void (scale = factor), update });

  function update(variable: Variable): ParameterUpdate {
    const moment = () => createVariable(tf.zeros([...variable.shape]));
    const [mean, square] = [moment(), moment()];
    return {
      slots: { mean, square },
      apply: (given) => {
        const gradient = denseGradient(given);
        const m = movingAverage(mean, beta1, gradient);
        const v = movingAverage(square, beta2, tf.square(gradient));
        const weight = variable.read();
        const adaptive = tf.div(m, tf.add(tf.sqrt(v), epsilon));
        const direction = weightDecay ? tf.add(adaptive, tf.mul(weight, weightDecay)) : adaptive;
        const rate = tf.mul(trust(weight, direction), learningRate * scale);
        variable.assign(tf.keep(tf.sub(weight, tf.mul(direction, rate))));
      },
    };
  }
}

function trust(weight: tf.Tensor, direction: tf.Tensor): tf.Tensor {
  const norm = (x: tf.Tensor) => tf.sqrt(tf.sum(tf.square(x)));
  const ofWeight = tf.minimum(norm(weight), LARGEST_NORM);
  const ofDirection = norm(direction);
  const isZero = tf.logicalOr(tf.equal(ofWeight, 0), tf.equal(ofDirection, 0));
  return tf.where(isZero, tf.onesLike(ofWeight), tf.div(ofWeight, ofDirection));
}
