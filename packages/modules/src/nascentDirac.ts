import * as tf from '@tensorflow/tfjs-core';

/** A kernel that becomes the Dirac delta as its width h → 0. */
export interface NascentDirac {
  /** δ_h(z) / δ_h(0), in (0, 1]. */
  peak(z: tf.Tensor, h: number): tf.Tensor;
  /** −z · d/dz of the peak, from z and the peak itself; never negative. */
  fall(z: tf.Tensor, peak: tf.Tensor, h: number): tf.Tensor;
}

/** The kernels by name. */
export const NASCENT_DIRACS = {
  /** exp(−z² / 2h²) */
  gaussian: {
    peak: (z, h) => tf.exp(tf.mul(tf.square(z), -1 / (2 * h * h))),
    fall: (z, peak, h) => tf.mul(tf.mul(tf.square(z), peak), 1 / (h * h)),
  },
  /** h² / (z² + h²) */
  lorentz: {
    peak: (z, h) => tf.div(h * h, tf.add(tf.square(z), h * h)),
    fall: (z, peak, h) => tf.mul(tf.square(tf.mul(z, peak)), 2 / (h * h)),
  },
} as const satisfies Record<string, NascentDirac>;

export type KernelName = keyof typeof NASCENT_DIRACS;
