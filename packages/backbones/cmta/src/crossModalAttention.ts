import { linear, softAttention, type ForwardPass } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';

type Two<T> = [T, T];

/**
 * Tokens of one modality look at those of the other: softmax(Q Kᵀ / √width) V, one head, its output projected.
 *
 * Taps: `<name>.query`, `.attended`, `.out`.
 *
 * @param pass with `<layer>.in_proj_weight` [3 · width, width] and `.in_proj_bias`, query, key and value one below
 *   the other, and `<layer>.out_proj`.
 * @param asking [rows, width], @param asked [keys, width] float32, borrowed.
 * @returns [rows, width] float32, owned by the caller.
 * @source FT-ZHOU-ZZZ/CMTA@31340f6, models/cmta/util.py, `MultiheadAttention`.
 */
export function crossModalAttention(
  pass: ForwardPass,
  layer: string,
  asking: tf.Tensor2D,
  asked: tf.Tensor2D,
  name: string,
): tf.Tensor2D {
  const [rows, width] = asking.shape;
  const parts = [width, 2 * width];
  const weights = tf.split(pass.weight<tf.Tensor2D>(`${layer}.in_proj_weight`), parts) as Two<tf.Tensor2D>;
  const biases = tf.split(pass.weight<tf.Tensor1D>(`${layer}.in_proj_bias`), parts) as Two<tf.Tensor1D>;
  const query = tf.mul<tf.Tensor2D>(linear(asking, weights[0], biases[0]), width ** -0.5);
  pass.see(`${name}.query`, query);
  const [key, value] = tf.split(linear(asked, weights[1], biases[1]), 2, 1) as Two<tf.Tensor2D>;
  const one = (tokens: tf.Tensor2D) => tf.expandDims<tf.Tensor3D>(tokens, 0);
  const attended = softAttention(one(query), one(key), one(value)); // [1, rows, width]
  const merged = pass.see(`${name}.attended`, tf.reshape<tf.Rank.R2>(attended, [rows, width]));
  return pass.linear(`${layer}.out_proj`, merged, `${name}.out`);
}
