import type { Tap } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import { requireOption } from './options.js';

/** Bounds of the adaptive probability of silencing a token. */
export interface SparsityOptions {
  readonly pMin?: number;
  readonly pMax?: number;
}

/** Decides per patient how many tokens are silenced. */
export interface Sparsity {
  readonly options: Readonly<Required<SparsityOptions>>;
  /** @param tokens [1, tokens, width], borrowed. @returns a probability. */
  probability(tokens: tf.Tensor3D, tap?: Tap): number;
}

/**
 * (E1) A redundant bag is masked more: p = pMin + (pMax − pMin)(1 − PR / min(N, D)), with PR = (tr Σ)² / tr Σ²
 * the participation ratio of the token covariance.
 */
export function adaptiveSparsity({ pMin = 0.25, pMax = 0.75 }: SparsityOptions = {}): Sparsity {
  requireOption('sdir', 'pMin', pMin, { from: 0, to: 1, includes: 'from' });
  requireOption('sdir', 'pMax', pMax, { from: pMin, to: 1, includes: 'from' });
  return {
    options: { pMin, pMax },
    probability: (tokens, tap) => {
      const [batch, count, width] = tokens.shape;
      if (batch !== 1) throw new RangeError(`adaptive sparsity is per patient; got a batch of ${batch}`);
      return tf.tidy(() => {
        const bag = tf.reshape(tokens, [count, width]);
        const centred = tf.sub<tf.Tensor2D>(bag, tf.mean(bag, 0));
        const covariance = tf.matMul<tf.Tensor2D>(centred, centred, true, false);
        const trace = tf.sum(tf.square(centred));
        const participation = tf.div(tf.square(trace), tf.sum(tf.square(covariance)));
        tap?.('sdir.participation', participation);
        const redundancy = tf.sub(1, tf.div(participation, Math.min(count, width)));
        const p = tf.add(pMin, tf.mul(pMax - pMin, redundancy));
        tap?.('sdir.probability', p);
        return p.dataSync()[0]!;
      });
    },
  };
}
