import * as tf from '@tensorflow/tfjs-core';
import type { Variable } from './parameters.js';

/** Replace a moment by β · moment + (1 − β) · value, and return it. Call it inside a `tidy`. */
export function movingAverage(moment: Variable, beta: number, value: tf.Tensor): tf.Tensor {
  const next = tf.add(tf.mul(moment.read(), beta), tf.mul(value, 1 - beta));
  moment.assign(tf.keep(next.clone()));
  return next;
}
