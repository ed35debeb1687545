import * as tf from '@tensorflow/tfjs-core';
import type { Geometry } from './geometry.js';
import type { TokenStatistics } from './tokenStatistics.js';

/**
 * Nadaraya–Watson weights of M partners for each of N tokens, a Gaussian of the distance between their
 * statistics: bandwidth → ∞ weighs all partners alike, → 0 the nearest alone.
 *
 * @returns [batch, N, M], rows sum to 1, owned by the caller's `tidy`.
 */
export function kernelWeights(
  geometry: Geometry,
  a: TokenStatistics,
  b: TokenStatistics,
  bandwidth: number,
): tf.Tensor3D {
  return tf.softmax(tf.mul<tf.Tensor3D>(geometry.squaredDistances(a, b), -1 / (2 * bandwidth * bandwidth)));
}
