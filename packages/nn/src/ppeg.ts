import * as tf from '@tensorflow/tfjs-core';
import type { ForwardPass } from './forwardPass.js';
import { requireShape } from './shape.js';
import { withGradient } from './withGradient.js';

/** Side of the largest kernel, which holds the others in its middle. */
const SIDE = 7;

const KERNELS = { proj: SIDE, proj1: 5, proj2: 3 } as const;

/**
 * Pyramid position encoding: tokens laid out as a square image, plus three depthwise convolutions of it with
 * kernels of 7, 5 and 3 and zeros outside. All four are one convolution, with the sum of their kernels.
 *
 * @param pass with `<layer>.proj`, `.proj1`, `.proj2`: weights [channels, 1, k, k] and biases [channels].
 * @param tokens [side², channels] float32, borrowed, row by row.
 * @returns [side², channels] float32, owned by the caller; tapped as `name`.
 * @throws ShapeError if the tokens do not make a square.
 * @source arXiv 2106.00908, section 3.3; szc19990412/TransMIL@9d6aee5, models/TransMIL.py, `PPEG`.
 */
export function ppeg(pass: ForwardPass, layer: string, tokens: tf.Tensor2D, name = layer): tf.Tensor2D {
  return tf.tidy(() => encode(pass, layer, tokens, name));
}

function encode(pass: ForwardPass, layer: string, tokens: tf.Tensor2D, name: string): tf.Tensor2D {
  const [count, channels] = requireShape(tokens, ['tokens', 'channels'], 'ppeg(tokens)');
  const side = Math.round(Math.sqrt(count!));
  requireShape(tokens, [side * side, channels!], 'ppeg(tokens)');
  const parts = Object.entries(KERNELS).map(([part, size]) => {
    const weight = pass.weight<tf.Tensor4D>(`${layer}.${part}.weight`);
    requireShape(weight, [channels!, 1, size, size], `ppeg(${part})`);
    return { weight: around(weight, size), bias: pass.weight<tf.Tensor1D>(`${layer}.${part}.bias`) };
  });
  const kernel = tf.add<tf.Tensor4D>(tf.addN(parts.map(({ weight }) => weight)), unit());
  const bias = tf.addN(parts.map((part) => part.bias));
  const image = tf.reshape<tf.Rank.R4>(tokens, [1, side, side, channels!]);
  const encoded = convolve(image, tf.transpose<tf.Tensor4D>(kernel, [2, 3, 0, 1]));
  return pass.see(name, tf.add<tf.Tensor2D>(tf.reshape(encoded, [count!, channels!]), bias));
}

/** A kernel in the middle of the largest. */
function around(kernel: tf.Tensor4D, size: number): tf.Tensor4D {
  const edge = (SIDE - size) / 2;
  return edge === 0
    ? kernel
    : tf.pad(kernel, [
        [0, 0],
        [0, 0],
        [edge, edge],
        [edge, edge],
      ]);
}

/** The kernel [1, 1, 7, 7] that leaves an image as it is. */
function unit(): tf.Tensor4D {
  const middle = (SIDE * SIDE - 1) / 2;
  const grid = tf.oneHot(tf.scalar(middle, 'int32'), SIDE * SIDE);
  return tf.reshape(tf.cast(grid, 'float32'), [1, 1, SIDE, SIDE]);
}

/**
 * Depthwise convolution of an image [1, side, side, channels] with [7, 7, channels, 1]. The kernel's gradient
 * is the image convolved with the gradient as its kernel: TensorFlow's own operation for it is twenty times slower.
 */
const convolve = withGradient<[tf.Tensor4D, tf.Tensor4D], tf.Tensor4D>((save, image, kernel) => {
  save([image, kernel]);
  return {
    value: tf.depthwiseConv2d(image, kernel, 1, 'same'),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [x, k] = saved as [tf.Tensor4D, tf.Tensor4D];
      const [, side, , channels] = x.shape;
      const edge = (SIDE - 1) / 2;
      const framed = tf.pad(x, [
        [0, 0],
        [edge, edge],
        [edge, edge],
        [0, 0],
      ]);
      const upstream = tf.reshape<tf.Rank.R4>(dy, [side, side, channels, 1]);
      const dKernel = tf.depthwiseConv2d(framed, upstream, 1, 'valid');
      return [
        tf.depthwiseConv2d(dy as tf.Tensor4D, tf.reverse(k, [0, 1]), 1, 'same'),
        tf.reshape(dKernel, [SIDE, SIDE, channels, 1]),
      ];
    },
  };
});

/** Shapes of the weights of `ppeg`. */
export function ppegShapes(layer: string, channels: number): Record<string, readonly number[]> {
  return Object.fromEntries(
    Object.entries(KERNELS).flatMap(([part, size]) => [
      [`${layer}.${part}.weight`, [channels, 1, size, size]],
      [`${layer}.${part}.bias`, [channels]],
    ]),
  );
}
