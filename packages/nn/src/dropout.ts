import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from './shape.js';
import { withGradient } from './withGradient.js';

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
  return masked(keep, 1 / (1 - p))(input) as T;
}

/** Saves the mask alone, which is the tape's, and not the input. */
function masked(keep: tf.Tensor, scale: number) {
  return withGradient<[tf.Tensor], tf.Tensor>((save, x) => {
    save([keep]);
    return {
      value: tf.mul(tf.mul(x, keep), scale),
      gradFunc: (dy: tf.Tensor, [mask]: tf.Tensor[]) => tf.mul(tf.mul(dy, mask!), scale),
    };
  });
}
