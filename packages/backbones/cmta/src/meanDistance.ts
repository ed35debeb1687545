import { requireShape, withGradient } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Mean of |x − target|, as torch.nn.L1Loss with the target detached; where they are equal, the gradient is 0.
 *
 * @param target same shape as `x`, float32, borrowed: gets no gradient.
 * @returns scalar, owned by the caller.
 */
export function meanDistance(target: tf.Tensor2D, x: tf.Tensor2D): tf.Scalar {
  requireShape(target, x.shape, 'meanDistance(target)');
  return withGradient<[tf.Tensor2D], tf.Scalar>((save, moved) => {
    const gap = tf.sub(moved, target);
    save([gap]);
    return {
      value: tf.mean(tf.abs(gap)),
      gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => tf.mul(tf.sign(saved!), tf.div(dy, x.size)),
    };
  })(x);
}
