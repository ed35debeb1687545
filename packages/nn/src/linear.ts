import * as tf from '@tensorflow/tfjs-core';
import { blockedProduct } from './blockedProduct.js';
import type { OuterProduct } from './gradient.js';
import { matrixProduct } from './matrixProduct.js';
import { requireShape } from './shape.js';
import { withGradient } from './withGradient.js';

/**
 * Affine map of every row, as `torch.nn.Linear`: `y = x Wᵀ + b`.
 *
 * @param input [rows, in] float32, borrowed.
 * @param weight [out, in] float32, borrowed (torch's layout).
 * @param bias [out] float32, borrowed; none for `bias=False`.
 * @param take where there is a bias and one row, is given the weight's gradient as factors, which it owns; the weight then gets no
 *   other.
 * @returns [rows, out] float32, owned by the caller.
 * @throws ShapeError if the widths do not fit.
 */
export function linear(
  input: tf.Tensor2D,
  weight: tf.Tensor2D,
  bias?: tf.Tensor1D,
  take?: TakeProduct,
): tf.Tensor2D {
  requireWidths(input, weight, bias);
  if (take && bias && input.shape[0] === 1) return ofOneRow(weight, take)(input, bias);
  return bias ? affine(input, weight, bias) : product(input, weight);
}

/** `linear` of data: the input gets no gradient, which for wide features is the dearest part. */
export function linearOfData(
  input: tf.Tensor2D,
  weight: tf.Tensor2D,
  bias: tf.Tensor1D,
  take?: TakeProduct,
): tf.Tensor2D {
  requireWidths(input, weight, bias);
  if (take && input.shape[0] === 1) return ofOneRowOfData(input, weight, take)(bias);
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

type TakeProduct = (factors: OuterProduct) => void;

/** Over one row the gradient of the weight is an outer product, and need not be formed. */
function ofOneRow(weight: tf.Tensor2D, take: TakeProduct) {
  return withGradient<[tf.Tensor2D, tf.Tensor1D], tf.Tensor2D>((save, x, b) => {
    save([x]);
    return {
      value: tf.add(matrixProduct(x, weight, false, true), b),
      gradFunc: (dy, [row]) => {
        take(factors(dy, row!));
        return [matrixProduct(dy as tf.Tensor2D, weight), tf.sum(dy, 0)];
      },
    };
  });
}

function ofOneRowOfData(input: tf.Tensor2D, weight: tf.Tensor2D, take: TakeProduct) {
  return withGradient<[tf.Tensor1D], tf.Tensor2D>((save, b) => {
    save([input]);
    return {
      value: tf.add(matrixProduct(input, weight, false, true), b),
      gradFunc: (dy, [row]) => {
        take(factors(dy, row!));
        return [tf.sum(dy, 0)];
      },
    };
  });
}

function factors(dy: tf.Tensor, row: tf.Tensor): OuterProduct {
  return {
    left: tf.keep(dy.clone()) as tf.Tensor2D,
    right: tf.keep(row.clone()) as tf.Tensor2D,
    single: true,
  };
}

function productGradient(dy: tf.Tensor2D, [x, w]: tf.Tensor2D[]): tf.Tensor2D[] {
  return [matrixProduct(dy, w!), blockedProduct(dy, x!)];
}

function requireWidths(input: tf.Tensor2D, weight: tf.Tensor2D, bias?: tf.Tensor1D): void {
  const [, width] = requireShape(input, ['rows', 'in'], 'linear(input)');
  const [out] = requireShape(weight, ['out', width!], 'linear(weight)');
  if (bias) requireShape(bias, [out!], 'linear(bias)');
}
