import * as tf from '@tensorflow/tfjs-core';
import type { TokenStatistics } from './tokenStatistics.js';

/** A metric on univariate normals (μ, σ). */
export interface Geometry {
  /** [batch, N, M] between N and M normals. */
  squaredDistances(a: TokenStatistics, b: TokenStatistics): tf.Tensor3D;
  /** The point at t ∈ [0, 1] on the geodesic from each of `a` to its partner in `b`; t is [1, tokens, 1]. */
  move(a: TokenStatistics, b: TokenStatistics, t: tf.Tensor3D): TokenStatistics;
}

/** [batch, M, 1] → [batch, 1, M], to meet N rows. */
export function across(statistic: tf.Tensor3D): tf.Tensor3D {
  const [batch, count] = statistic.shape;
  return tf.reshape(statistic, [batch, 1, count]);
}
