import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from './shape.js';
import { withGradient } from './withGradient.js';

/** Norms below it count as it, as in `torch.nn.functional.normalize`. */
const SHORTEST = 1e-12;

/**
 * Every row divided by its length, as `torch.nn.functional.normalize`; a row of zeros stays one.
 *
 * @param input [rows, channels] float32, borrowed.
 * @returns [rows, channels] float32, owned by the caller.
 */
export function unitRows(input: tf.Tensor2D): tf.Tensor2D {
  requireShape(input, ['rows', 'channels'], 'unitRows(input)');
  return unit(input);
}

const unit = withGradient<[tf.Tensor2D], tf.Tensor2D>((save, x) => {
  const length = tf.sqrt(tf.sum(tf.square(x), 1, true));
  const divisor = tf.maximum(length, SHORTEST);
  const value = tf.div<tf.Tensor2D>(x, divisor);
  save([value, divisor, tf.cast(tf.greaterEqual(length, SHORTEST), 'float32')]);
  return {
    value,
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [y, size, isLong] = saved as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
      const along = tf.mul(tf.sum(tf.mul(dy, y), 1, true), isLong);
      return tf.div(tf.sub(dy, tf.mul(y, along)), size);
    },
  };
});
