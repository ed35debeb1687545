import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from './shape.js';
import { withGradient } from './withGradient.js';

/**
 * a + b of one shape. tfjs's own addition keeps both until the backward pass, where only their shapes are asked for.
 *
 * @param a any shape, @param b the same, float32, borrowed.
 * @returns same shape, owned by the caller.
 * @throws ShapeError if b has another.
 */
export function plus<T extends tf.Tensor>(a: T, b: T): T {
  requireShape(b, a.shape, 'plus(b)');
  return sum(a, b) as T;
}

const sum = withGradient<[tf.Tensor, tf.Tensor], tf.Tensor>((_save, a, b) => ({
  value: tf.add(a, b),
  // tfjs disposes of a gradient once it is added to another: each input needs its own.
  gradFunc: (dy: tf.Tensor) => [dy.clone(), dy.clone()],
}));
