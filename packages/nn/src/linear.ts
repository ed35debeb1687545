import * as tf from '@tensorflow/tfjs-core';
import { blockedProduct } from './blockedProduct.js';
import { matrixProduct } from './matrixProduct.js';
import { requireShape } from './shape.js';
import { withGradient } from './withGradient.js';

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
  requireWidths(input, weight, bias);
  return bias ? affine(input, weight, bias) : product(input, weight);
}

/** `linear` of data: the input gets no gradient, which for wide features is the dearest part. */
export function linearOfData(input: tf.Tensor2D, weight: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D {
  requireWidths(input, weight, bias);
  const layer = withGradient<[tf.Tensor2D, tf.Tensor1D], tf.Tensor2D>((save, w, b) => {
    save([input]);
    return {
      value: tf.add(matrixProduct(input, w, false, true), b),
      gradFunc: (dy, [x]) => [matrixProduct(dy as tf.Tensor2D, x as tf.Tensor2D, true, false), tf.sum(dy, 0)],
    };
  });
  return layer(weight, bias);
}

const affine = withGradient<[tf.Tensor2D, tf.Tensor2D, tf.Tensor1D], tf.Tensor2D>((save, x, w, b) => {
  save([x, w]);
  return {
    value: tf.add(matrixProduct(x, w, false, true), b),
    gradFunc: (dy, saved) => [...productGradient(dy as tf.Tensor2D, saved as tf.Tensor2D[]), tf.sum(dy, 0)],
  };
});

const product = withGradient<[tf.Tensor2D, tf.Tensor2D], tf.Tensor2D>((save, x, w) => {
  save([x, w]);
  return {
    value: matrixProduct(x, w, false, true),
    gradFunc: (dy, saved) => productGradient(dy as tf.Tensor2D, saved as tf.Tensor2D[]),
  };
});

function productGradient(dy: tf.Tensor2D, [x, w]: tf.Tensor2D[]): tf.Tensor2D[] {
  return [matrixProduct(dy, w!), blockedProduct(dy, x!)];
}

function requireWidths(input: tf.Tensor2D, weight: tf.Tensor2D, bias?: tf.Tensor1D): void {
  const [, width] = requireShape(input, ['rows', 'in'], 'linear(input)');
  const [out] = requireShape(weight, ['out', width!], 'linear(weight)');
  if (bias) requireShape(bias, [out!], 'linear(bias)');
}
