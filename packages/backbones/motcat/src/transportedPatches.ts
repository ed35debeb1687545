import {
  matrixProduct,
  tokenDistances,
  transportPlan,
  withGradient,
  type Tap,
  type TransportOptions,
} from '@concord/nn';
import type * as tf from '@tensorflow/tfjs-core';

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
    const distances = tokenDistances(x, genes); // [patches, groups]
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
