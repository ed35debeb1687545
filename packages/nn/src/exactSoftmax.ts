import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from './withGradient.js';

/**
 * Softmax over the last axis with a true division: TensorFlow's own multiplies by a rounded reciprocal, which
 * moves whole rows. For small matrices whose errors grow later on.
 *
 * @param scores any shape, float32, borrowed.
 * @returns same shape, owned by the caller.
 */
export function exactSoftmax<T extends tf.Tensor>(scores: T): T {
  return softmax(scores) as T;
}

const softmax = withGradient<[tf.Tensor], tf.Tensor>((save, scores) => {
  const raised = tf.exp(tf.sub(scores, tf.max(scores, -1, true)));
  const weights = tf.div(raised, tf.sum(raised, -1, true));
  save([weights]);
  return {
    value: weights,
    gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) =>
      tf.mul(saved!, tf.sub(dy, tf.sum(tf.mul(dy, saved!), -1, true))),
  };
});
