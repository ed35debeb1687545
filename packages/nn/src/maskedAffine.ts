import * as tf from '@tensorflow/tfjs-core';
import { attribute, rawOp } from './native.js';
import { hasOwnOperations } from './ownOperations.js';
import { withGradient } from './withGradient.js';

/** The numbers of `maskedAffine`. */
export interface MaskedAffine {
  readonly scale: number;
  readonly shift: number;
  readonly otherwise: number;
}

/**
 * scale · x + shift where the mask is 1, `otherwise` where it is 0. Saves the mask alone, which is the tape's, and
 * not the input; natively it is one operation, and its gradient another (native/maskedAffine.cc).
 *
 * @param input any shape, float32, borrowed.
 * @param keep same shape, float32 0/1, borrowed; gets no gradient.
 * @returns same shape, owned by the caller.
 */
export function maskedAffine(input: tf.Tensor, keep: tf.Tensor, numbers: MaskedAffine): tf.Tensor {
  const apply = hasOwnOperations() ? fused : composed;
  const layer = withGradient<[tf.Tensor], tf.Tensor>((save, x) => {
    save([keep]);
    return {
      value: apply(x, keep, numbers),
      gradFunc: (dy: tf.Tensor, [mask]: tf.Tensor[]) =>
        apply(dy, mask!, { scale: numbers.scale, shift: 0, otherwise: 0 }),
    };
  });
  return layer(input);
}

function fused(x: tf.Tensor, keep: tf.Tensor, { scale, shift, otherwise }: MaskedAffine): tf.Tensor {
  const attributes = [
    attribute.float('scale', scale),
    attribute.float('shift', shift),
    attribute.float('otherwise', otherwise),
  ];
  return rawOp('ConcordMaskedAffine', attributes, [x, keep]);
}

function composed(x: tf.Tensor, keep: tf.Tensor, { scale, shift, otherwise }: MaskedAffine): tf.Tensor {
  return tf.tidy(() => {
    // Each constant is rounded once: a sum of two would be off by the same for all units, and so would means.
    const offset = tf.add(tf.mul(keep, shift), tf.mul(tf.sub(1, keep), otherwise));
    return tf.add(tf.mul(x, tf.mul(keep, scale)), offset);
  });
}
