import type { ForwardPass } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import type { Narrowed } from './bottleneck.js';

const EPSILON = 1e-8;

/**
 * The joint distribution of both modalities' proxies, and its mean sample. With w = softmax(φ) and
 * T_m = 1 / (σ_m + 10⁻⁸): μ = Σ w_m μ_m T_m / Σ w_m T_m, v = 1 / Σ w_m T_m, sample μ + v ε̄. As published, a
 * deviation goes in where a variance is due, and a variance comes out as a deviation.
 *
 * @param experts patches first; [bags, width] each, or [1, width].
 * @param noise [bags, width] float32, borrowed: ε̄, the mean over samples.
 * @returns [bags, width] float32, owned by the caller.
 * @source zylbuaa/PIBD@bd5bd94, models/model_PIBD.py, `PoE`.
 */
export function productOfExperts(
  pass: ForwardPass,
  experts: readonly Narrowed[],
  noise: tf.Tensor2D,
): tf.Tensor2D {
  const shares = tf.split(tf.softmax(pass.weight<tf.Tensor1D>('PoE.phi')), experts.length);
  const precisions = experts.map(({ deviation }, i) => tf.div(shares[i]!, tf.add(deviation, EPSILON)));
  const total = precisions.reduce((sum, one) => tf.add(sum, one));
  const weighted = experts.map(({ mean }, i) => tf.mul(mean, precisions[i]!));
  const centre = tf.div(
    weighted.reduce((sum, one) => tf.add(sum, one)),
    total,
  );
  return pass.see('poe', tf.add<tf.Tensor2D>(centre, tf.div(noise, total)));
}
