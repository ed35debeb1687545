import { matrixProduct, transportPlan, withGradient, type Tap, type TransportOptions } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';

/**
 * What transport brings of the patches to each gene token: πᵀ X, π a plan between patches and gene tokens.
 *
 * The cost of a pair is ‖x̃ − g̃‖² over its largest, each token counted from its smallest channel. The plan is
 * computed in float64 and a constant to the gradient.
 *
 * @param patches [patches, width], @param genes [groups, width] float32, borrowed; at least two patches, on one
 *   of which the published class fails.
 * @param tap sees `transport.distances` and `transport.plan` [patches, groups].
 * @returns [groups, width] float32, owned by the caller's `tidy`.
 * @throws RangeError for a plan that is not finite, as of tokens that are all equal.
 * @source Innse/MOTCat@fe70abc, models/model_motcat.py, `OT_Attn_assem`.
 */
export function transportedPatches(
  patches: tf.Tensor2D,
  genes: tf.Tensor2D,
  options: TransportOptions,
  tap?: Tap,
): tf.Tensor2D {
  const layer = withGradient<[tf.Tensor2D], tf.Tensor2D>((save, x) => {
    const distances = squaredDistances(fromSmallest(x), fromSmallest(genes)); // [patches, groups]
    tap?.('transport.distances', distances);
    const plan = transportPlan(distances, options);
    tap?.('transport.plan', plan);
    save([plan]);
    return {
      value: matrixProduct(plan, x, true, false),
      gradFunc: (dy, [saved]) => matrixProduct(saved as tf.Tensor2D, dy as tf.Tensor2D),
    };
  });
  return layer(patches);
}

function fromSmallest(tokens: tf.Tensor2D): tf.Tensor2D {
  return tf.sub(tokens, tf.min(tokens, 1, true));
}

/**
 * ‖aᵢ − bⱼ‖² [a, b]: few products instead of a difference for every pair, as torch.cdist does for many rows.
 * Both are counted from the mean of b, which leaves less to cancel.
 */
function squaredDistances(far: tf.Tensor2D, near: tf.Tensor2D): tf.Tensor2D {
  const centre = tf.mean(near, 0, true);
  const [a, b] = [tf.sub<tf.Tensor2D>(far, centre), tf.sub<tf.Tensor2D>(near, centre)];
  const norms = (x: tf.Tensor2D) => tf.sum<tf.Tensor2D>(tf.square(x), 1, true);
  const cross = matrixProduct(a, b, false, true);
  return tf.relu(tf.add<tf.Tensor2D>(tf.sub(norms(a), tf.mul(cross, 2)), tf.transpose(norms(b))));
}
