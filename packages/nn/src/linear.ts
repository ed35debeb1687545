import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from './shape.js';

/**
 * Affine map of every row, as `torch.nn.Linear`: `y = x Wᵀ + b`.
 *
 * @param input [rows, in] float32, borrowed.
 * @param weight [out, in] float32, borrowed (torch's layout).
 * @param bias [out] float32, borrowed; none for `bias=False`.
 * @returns [rows, out] float32, owned by the caller.
 * @throws ShapeError if the widths do not fit.
 */
export function linear(input: tf.Tensor2D, weight: tf.Tensor2D, bias?: tf.Tensor1D): tf.Tensor2D {
  const [, width] = requireShape(input, ['rows', 'in'], 'linear(input)');
  const [out] = requireShape(weight, ['out', width!], 'linear(weight)');
  if (!bias) return tf.matMul(input, weight, false, true);
  requireShape(bias, [out!], 'linear(bias)');
  return tf.tidy(() => tf.add(tf.matMul(input, weight, false, true), bias));
}
