import type * as tf from '@tensorflow/tfjs-core';
import { maskedAffine } from './maskedAffine.js';
import { requireShape } from './shape.js';

/** −λα of the SELU: the value that a dropped unit takes before the affine correction. */
const SATURATION = -1.7580993408473766;

/**
 * Alpha dropout with a given mask, as `torch.nn.AlphaDropout` in training: dropped units go to SELU's
 * saturation, and an affine map brings mean 0 and variance 1 back. (tfjs-layers' own has a sign error.)
 *
 * @param input any shape, float32, borrowed.
 * @param keep same shape, float32 0/1, borrowed (from the tape).
 * @param p probability with which the mask was drawn to drop.
 * @throws ShapeError if the mask has another shape.
 */
export function alphaDropout<T extends tf.Tensor>(input: T, keep: tf.Tensor, p: number): T {
  requireShape(keep, input.shape, 'alphaDropout(keep)');
  const scale = 1 / Math.sqrt((SATURATION ** 2 * p + 1) * (1 - p));
  const shift = -scale * p * SATURATION;
  return maskedAffine(input, keep, { scale, shift, otherwise: scale * SATURATION + shift }) as T;
}
