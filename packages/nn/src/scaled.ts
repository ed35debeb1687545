import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from './withGradient.js';

/**
 * A tensor times a number, which gets no gradient; tfjs's own product keeps the tensor for it.
 *
 * @param input any shape, float32, borrowed.
 * @returns same shape, owned by the caller.
 */
export function scaled<T extends tf.Tensor>(input: T, factor: number): T {
  return times(factor)(input) as T;
}

function times(factor: number) {
  return withGradient<[tf.Tensor], tf.Tensor>((_save, x) => ({
    value: tf.mul(x, factor),
    gradFunc: (dy: tf.Tensor) => tf.mul(dy, factor),
  }));
}
