import * as tf from '@tensorflow/tfjs-core';
import { matrixProduct } from './matrixProduct.js';

/** Rows from which on a sum over them is taken in blocks, how many at least, and the most rows that one may have. */
const MANY = 128;
const BLOCKS = 8;
const HEIGHT = 144;

/**
 * aᵀ b, summed over rows in blocks. Where rows are many and what they add cancels (tokens share a common part), or
 * is the same (tokens that a module silenced: every addition then rounds in the same direction), one long sum in
 * float32 loses digits that short ones keep.
 *
 * @param a [rows, m], @param b [rows, n] float32, borrowed.
 * @returns [m, n] float32, owned by the caller.
 */
export function blockedProduct(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  const rows = a.shape[0];
  if (rows < MANY) return matrixProduct(a, b, true, false);
  return tf.tidy(() => {
    const count = Math.max(BLOCKS, Math.ceil(rows / HEIGHT));
    const height = Math.floor(rows / count);
    const whole = height * count;
    const blocks = (x: tf.Tensor2D) =>
      tf.reshape(tf.slice(x, [0, 0], [whole, -1]), [count, height, x.shape[1]]);
    const sum = tf.sum<tf.Tensor2D>(tf.matMul(blocks(a), blocks(b), true, false), 0);
    if (whole === rows) return sum;
    const rest = (x: tf.Tensor2D) => tf.slice(x, [whole, 0], [-1, -1]);
    return tf.add<tf.Tensor2D>(sum, matrixProduct(rest(a), rest(b), true, false));
  });
}
