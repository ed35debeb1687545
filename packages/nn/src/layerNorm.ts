import * as tf from '@tensorflow/tfjs-core';
import { attribute, rawOps } from './native.js';
import { hasOwnOperations } from './ownOperations.js';
import { requireShape } from './shape.js';
import { withGradient } from './withGradient.js';

/**
 * Normalise every row over its channels, as `torch.nn.LayerNorm` (biased variance).
 *
 * Natively it is one operation, and its gradient another (native/layerNorm.cc): a pass over memory each.
 *
 * @param input [rows, channels] float32, borrowed.
 * @param weight [channels], @param bias [channels] float32, borrowed.
 * @param epsilon added to the variance; torch's default.
 * @returns [rows, channels] float32, owned by the caller.
 * @throws ShapeError if weight or bias have another width.
 */
export function layerNorm(
  input: tf.Tensor2D,
  weight: tf.Tensor1D,
  bias: tf.Tensor1D,
  epsilon = 1e-5,
): tf.Tensor2D {
  const [, channels] = requireShape(input, ['rows', 'channels'], 'layerNorm(input)');
  requireShape(weight, [channels!], 'layerNorm(weight)');
  requireShape(bias, [channels!], 'layerNorm(bias)');
  return (hasOwnOperations() ? fused(epsilon) : composed(epsilon))(input, weight, bias);
}

function fused(epsilon: number) {
  return withGradient<[tf.Tensor2D, tf.Tensor1D, tf.Tensor1D], tf.Tensor2D>((save, x, w, b) => {
    const attributes = [attribute.float('epsilon', epsilon)];
    const [value, standard, deviation] = rawOps('ConcordLayerNorm', attributes, [x, w, b], 3);
    save([standard!, deviation!, w]);
    return {
      value: value!,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        rawOps('ConcordLayerNormGradient', [], [dy, ...saved], 3),
    };
  });
}

function composed(epsilon: number) {
  return withGradient<[tf.Tensor2D, tf.Tensor1D, tf.Tensor1D], tf.Tensor2D>((save, x, w, b) => {
    // Counted from its first channel, a row of equal numbers is exactly zero, as in torch; a silenced token
    // that was given other statistics is such a row, and dividing by its deviation would blow rounding up.
    const shifted = tf.sub<tf.Tensor2D>(x, tf.slice(x, [0, 0], [-1, 1]));
    const centred = tf.sub(shifted, tf.mean(shifted, 1, true));
    const deviation = tf.sqrt(tf.add(tf.mean(tf.square(centred), 1, true), epsilon));
    const standard = tf.div(centred, deviation);
    save([standard, deviation, w]);
    return {
      value: tf.add(tf.mul(standard, w), b),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [z, sigma, scale] = saved as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
        const dz = tf.mul(dy, scale);
        const along = tf.mean(tf.mul(dz, z), 1, true);
        const dx = tf.div(tf.sub(tf.sub(dz, tf.mean(dz, 1, true)), tf.mul(z, along)), sigma);
        return [dx, tf.sum(tf.mul(dy, z), 0), tf.sum(dy, 0)];
      },
    };
  });
}
