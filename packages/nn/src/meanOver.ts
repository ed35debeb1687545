import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from './withGradient.js';

/**
 * Mean over one axis. tfjs's own keeps its input for the backward pass, where it multiplies by as many ones.
 *
 * @param input any shape, float32, borrowed.
 * @param axis may be negative, from the end.
 * @returns without the axis, or with it, of length 1; owned by the caller.
 */
export function meanOver<T extends tf.Tensor>(input: tf.Tensor, axis: number, keepDims = false): T {
  const along = axis < 0 ? input.rank + axis : axis;
  const count = input.shape[along]!;
  const kept = input.shape.map((length, i) => (i === along ? 1 : length));
  const repeats = input.shape.map((_, i) => (i === along ? count : 1));
  const mean = withGradient<[tf.Tensor], T>((_save, x) => ({
    value: tf.mean(x, along, keepDims),
    gradFunc: (dy: tf.Tensor) => tf.tile(tf.reshape(tf.div(dy, count), kept), repeats),
  }));
  return mean(input);
}
