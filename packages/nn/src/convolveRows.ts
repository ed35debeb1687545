import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from './shape.js';
import { withGradient } from './withGradient.js';

/** Rows of a block in the kernel's gradient. */
const BLOCK = 64;

/**
 * Rows convolved with a kernel of each head's own, zeros outside: y_i = Σ_t w_t x_{i + t − reach}.
 *
 * The kernel's gradient is a sum over diagonals of small products of blocks, which is exacter than one long sum.
 *
 * @param values [heads, rows, channels] float32, borrowed.
 * @param weight [heads, 1, 2 · reach + 1, 1] float32, borrowed: torch's layout, of at most 65 taps.
 * @returns [rows, heads, channels] float32, owned by the caller.
 * @throws ShapeError if the kernel is not one column for each head.
 */
export function convolveRows(values: tf.Tensor3D, weight: tf.Tensor4D): tf.Tensor3D {
  const [heads] = requireShape(values, ['heads', 'rows', 'channels'], 'convolveRows(values)');
  requireShape(weight, [heads!, 1, 'taps', 1], 'convolveRows(weight)');
  return convolve(values, weight);
}

const convolve = withGradient<[tf.Tensor3D, tf.Tensor4D], tf.Tensor3D>((save, values, weight) => {
  save([values, weight]);
  return {
    value: byRow(along(tf.transpose(values, [1, 2, 0]), weight)),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [x, w] = saved as [tf.Tensor3D, tf.Tensor4D];
      const back = along(tf.transpose(dy as tf.Tensor3D, [0, 2, 1]), tf.reverse(w, 2));
      const dValues = tf.transpose(back, [2, 0, 1]);
      return [dValues, kernelGradient(x, tf.transpose(dy as tf.Tensor3D, [1, 0, 2]), w.shape)];
    },
  };
});

/** An image [rows, channels, heads] convolved along its rows. */
function along(image: tf.Tensor3D, weight: tf.Tensor4D): tf.Tensor3D {
  return tf.depthwiseConv2d(image, tf.transpose<tf.Tensor4D>(weight, [2, 3, 0, 1]), 1, 'same');
}

/** [rows, channels, heads] → [rows, heads, channels]. */
function byRow(image: tf.Tensor3D): tf.Tensor3D {
  return tf.transpose(image, [0, 2, 1]);
}

/** Σ_i dy_i x_{i + t − reach} for each tap t; both [heads, rows, channels]. */
function kernelGradient(x: tf.Tensor3D, dy: tf.Tensor3D, shape: number[]): tf.Tensor4D {
  const [heads, rows, channels] = x.shape;
  const taps = shape[2]!;
  const reach = (taps - 1) / 2;
  const blocks = Math.ceil(rows / BLOCK);
  const [whole, width] = [blocks * BLOCK, BLOCK + taps - 1];
  const framed = padRows(x, reach, whole + BLOCK - rows - reach);
  const grid = tf.reshape<tf.Rank.R4>(framed, [heads, blocks + 1, BLOCK, channels]);
  // Each block with the rows on both sides that its taps reach.
  const windows = tf.concat(
    [
      tf.slice(grid, 0, [heads, blocks, BLOCK, channels]),
      tf.slice(grid, [0, 1, 0, 0], [-1, -1, taps - 1, -1]),
    ],
    2,
  );
  const upstream = tf.reshape<tf.Rank.R4>(padRows(dy, 0, whole - rows), [heads, blocks, BLOCK, channels]);
  const products = tf.sum<tf.Tensor3D>(tf.matMul(upstream, windows, false, true), 1); // [heads, BLOCK, width]
  // Read with rows longer by one, the diagonals are columns.
  const flat = tf.pad(tf.reshape(products, [heads, BLOCK * width]), [
    [0, 0],
    [0, BLOCK],
  ]);
  const skewed = tf.reshape<tf.Rank.R3>(flat, [heads, BLOCK, width + 1]);
  const sums = tf.sum(tf.slice(skewed, [0, 0, 0], [-1, -1, taps]), 1);
  return tf.reshape<tf.Rank.R4>(sums, shape as [number, number, number, number]);
}

function padRows(x: tf.Tensor3D, before: number, after: number): tf.Tensor3D {
  const rows: [number, number] = [before, after];
  return tf.pad(x, [[0, 0], rows, [0, 0]]);
}
