import * as tf from '@tensorflow/tfjs-core';
import { across, type Geometry } from './geometry.js';

/** The 2-Wasserstein geometry of univariate normals, Euclidean in (μ, σ): straight lines. */
export const wasserstein: Geometry = {
  squaredDistances: (a, b) =>
    tf.add(
      tf.squaredDifference<tf.Tensor3D>(a.mean, across(b.mean)),
      tf.squaredDifference(a.deviation, across(b.deviation)),
    ),
  move: (a, b, t) => {
    const rest = tf.sub(1, t);
    const between = (from: tf.Tensor3D, to: tf.Tensor3D): tf.Tensor3D =>
      tf.add(tf.mul(rest, from), tf.mul(t, to));
    return { mean: between(a.mean, b.mean), deviation: between(a.deviation, b.deviation) };
  },
};
