import type * as tf from '@tensorflow/tfjs-core';
import { maskedAffine } from './maskedAffine.js';
import { requireShape } from './shape.js';

/**
 * Dropout with a given mask, as `torch.nn.Dropout` in training: kept values are divided by 1 − p.
 *
 * @param input any shape, float32, borrowed.
 * @param keep same shape, float32 0/1, borrowed (from the tape).
 * @param p probability with which the mask was drawn to drop.
 * @throws ShapeError if the mask has another shape.
 */
export function dropout<T extends tf.Tensor>(input: T, keep: tf.Tensor, p: number): T {
  requireShape(keep, input.shape, 'dropout(keep)');
  return maskedAffine(input, keep, { scale: 1 / (1 - p), shift: 0, otherwise: 0 }) as T;
}
