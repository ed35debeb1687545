import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from './withGradient.js';

/**
 * The exact GELU, `x Φ(x)` with Φ the normal distribution function, as `torch.nn.GELU()`.
 *
 * @param input any shape, float32, borrowed.
 * @returns same shape, owned by the caller.
 */
export function gelu<T extends tf.Tensor>(input: T): T {
  return exactGelu(input) as T;
}

const exactGelu = withGradient((save, x: tf.Tensor) => {
  const below = tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
  save([x, below]);
  return {
    value: tf.mul(x, below),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [value, phi] = saved as [tf.Tensor, tf.Tensor];
      const density = tf.mul(tf.exp(tf.mul(tf.square(value), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return tf.mul(dy, tf.add(phi, tf.mul(value, density)));
    },
  };
});
