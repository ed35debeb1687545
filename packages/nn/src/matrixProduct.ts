import * as tf from '@tensorflow/tfjs-core';
import { isNative } from './backend.js';
import { attribute, rawOp } from './native.js';

/**
 * The product of two matrices, each transposed where said, without a gradient: for the insides of
 * `withGradient`.
 *
 * tfjs always takes TensorFlow's batched product; the plain one is up to a third faster on long, thin matrices.
 *
 * @param a [rows, inner], or [inner, rows] transposed. @param b [inner, columns], or [columns, inner] transposed.
 * @returns [rows, columns] float32, owned by the caller.
 */
export function matrixProduct(
  a: tf.Tensor2D,
  b: tf.Tensor2D,
  transposeA = false,
  transposeB = false,
): tf.Tensor2D {
  if (!isNative()) return tf.matMul(a, b, transposeA, transposeB);
  const attributes = [
    attribute.bool('transpose_a', transposeA),
    attribute.bool('transpose_b', transposeB),
    attribute.float32(),
  ];
  return rawOp('MatMul', attributes, [a, b]) as tf.Tensor2D;
}
