import type { ForwardPass, TapeReader } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The positions of the largest values of every row, the largest first; of equal ones the earlier position first.
 * They are a decision: recorded on the tape, so that the other stack takes the same, and constant to the gradient.
 *
 * @param name of the decision, and its tap.
 * @param values [rows, length] float32, borrowed.
 * @param count of positions in each row; at most `length`.
 * @returns [rows · count], row by row, on the host.
 */
export function topEntries(
  pass: ForwardPass,
  tape: TapeReader | undefined,
  name: string,
  values: tf.Tensor2D,
  count: number,
): Int32Array {
  return tf.tidy(() => {
    const { indices } = tf.topk(values, count);
    const found = indices.dataSync() as Int32Array;
    tape?.decide(name, Int16Array.from(found), indices.shape);
    pass.see(name, indices);
    return found;
  });
}
