import * as tf from '@tensorflow/tfjs-core';
import { across, type Geometry } from './geometry.js';

/** Below it a geodesic is its chord; keeps sinh(td) / sinh(d) defined at d = 0. */
const SMALLEST_DISTANCE = 1e-12;

/**
 * The Fisher–Rao geometry of univariate normals: the hyperbolic half-plane x = μ/√2, y = σ, lengths times √2.
 *
 * A geodesic is linear in the hyperboloid's coordinates 1/y and x/y, sums of positive terms: no cancellation,
 * which float32 needs where a silenced token has σ = 10⁻³ beside one with σ = 1.
 */
export const fisherRao: Geometry = {
  squaredDistances: (a, b) => {
    const d = distance(a.mean, a.deviation, across(b.mean), across(b.deviation));
    return tf.mul(tf.square(d), 2);
  },
  move: (a, b, t) => {
    const d = tf.maximum(distance(a.mean, a.deviation, b.mean, b.deviation), SMALLEST_DISTANCE);
    const whole = tf.sinh(d);
    const fromA = tf.div<tf.Tensor3D>(tf.div(tf.sinh(tf.mul(tf.sub(1, t), d)), whole), a.deviation);
    const fromB = tf.div<tf.Tensor3D>(tf.div(tf.sinh(tf.mul(t, d)), whole), b.deviation);
    const deviation = tf.reciprocal(tf.add<tf.Tensor3D>(fromA, fromB));
    const mean = tf.mul<tf.Tensor3D>(deviation, tf.add(tf.mul(fromA, a.mean), tf.mul(fromB, b.mean)));
    return { mean, deviation };
  },
};

/** 2 asinh(√((Δx² + Δy²) / 4 y₁ y₂)): stable for near points, unlike arcosh. */
function distance(meanA: tf.Tensor3D, yA: tf.Tensor3D, meanB: tf.Tensor3D, yB: tf.Tensor3D): tf.Tensor3D {
  const chord = tf.add(tf.mul(tf.squaredDifference(meanA, meanB), 0.5), tf.squaredDifference(yA, yB));
  const product = tf.mul(tf.mul(yA, 4), yB);
  return tf.mul(tf.asinh(tf.sqrt(tf.div(chord, product))), 2);
}
