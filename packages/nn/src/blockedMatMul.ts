import * as tf from '@tensorflow/tfjs-core';

/** How many blocks a sum is taken in, where they divide it. */
const BLOCKS = 8;

/**
 * a b for every head, each sum taken in eight blocks: a third of the rounding of one long sum in float32. Without
 * a gradient: for the insides of `withGradient`.
 *
 * @param a [heads, rows, inner], @param b [heads, inner, columns] float32, borrowed.
 * @returns [heads, rows, columns] float32, owned by the caller.
 */
export function blockedMatMul(a: tf.Tensor3D, b: tf.Tensor3D): tf.Tensor3D {
  return tf.tidy(() => blockedFrom(a)(b));
}

/**
 * `blockedMatMul` of one a with several b, whose blocks are laid out once.
 *
 * @returns the product with a b, owned by the caller; the layout is owned by the caller's `tidy`.
 */
export function blockedFrom(a: tf.Tensor3D): (b: tf.Tensor3D) => tf.Tensor3D {
  const [heads, rows, inner] = a.shape;
  if (inner % BLOCKS !== 0) return (b) => tf.matMul(a, b);
  const left = tf.transpose(tf.reshape(a, [heads, rows, BLOCKS, inner / BLOCKS]), [0, 2, 1, 3]);
  return (b) =>
    tf.tidy(() => {
      const right = tf.reshape(b, [heads, BLOCKS, inner / BLOCKS, b.shape[2]]);
      return tf.sum<tf.Tensor3D>(tf.matMul(left, right), 1);
    });
}
