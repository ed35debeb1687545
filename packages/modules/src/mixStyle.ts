import type { Tap, TapeReader } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import type { BagModule, Side } from './bagModule.js';
import { gateIsOpen } from './gate.js';
import { requireOption } from './options.js';
import { restyle } from './restyle.js';
import { tapStatistics, tokenStatistics } from './tokenStatistics.js';

/** Options of MixStyle with its published defaults. */
export interface MixStyleOptions {
  /** Probability of acting. */
  readonly p?: number;
  readonly alpha?: number;
  readonly epsilon?: number;
}

/**
 * MixStyle between tokens: blend each token's statistics with those of a permuted token of its own bag.
 *
 * @source arXiv 2104.02008; KaiyangZhou/mixstyle-release@16f7cf1, moved from instances to tokens.
 */
export function mixStyle({ p = 0.5, alpha = 0.1, epsilon = 1e-6 }: MixStyleOptions = {}): BagModule {
  requireOption('mixstyle', 'p', p, { from: 0, to: 1 });
  requireOption('mixstyle', 'alpha', alpha, { from: 0, to: Infinity, includes: 'none' });
  requireOption('mixstyle', 'epsilon', epsilon, { from: 0, to: 1, includes: 'none' });
  return {
    name: 'mixstyle',
    options: Object.freeze({ p, alpha, epsilon }),
    draws: ({ strong, weak }) => [
      { name: 'mixstyle.gate', kind: 'uniform', shape: [1] },
      { name: 'mixstyle.partner.strong', kind: 'permutation', shape: [strong] },
      { name: 'mixstyle.blend.strong', kind: 'beta', shape: [strong], alpha },
      { name: 'mixstyle.partner.weak', kind: 'permutation', shape: [weak] },
      { name: 'mixstyle.blend.weak', kind: 'beta', shape: [weak], alpha },
    ],
    apply(bags, tape, mode, tap) {
      if (mode === 'evaluation' || !gateIsOpen(tape, 'mixstyle.gate', p)) return bags;
      return { strong: mix(bags.strong, 'strong', tape, tap), weak: mix(bags.weak, 'weak', tape, tap) };
    },
  };

  function mix(tokens: tf.Tensor3D, side: Side, tape: TapeReader, tap?: Tap): tf.Tensor3D {
    const count = tokens.shape[1];
    const own = tokenStatistics(tokens, epsilon);
    const order = tape.read(`mixstyle.partner.${side}`, [count]) as tf.Tensor1D;
    const weight = tf.reshape(tape.read(`mixstyle.blend.${side}`, [count]), [1, count, 1]);
    const rest = tf.sub(1, weight);
    const blend = (statistic: tf.Tensor3D): tf.Tensor3D =>
      tf.add(tf.mul(statistic, weight), tf.mul(tf.gather(statistic, order, 1), rest));
    const mixed = { mean: blend(own.mean), deviation: blend(own.deviation) };
    tapStatistics(tap, [`mixstyle.mean.${side}`, `mixstyle.deviation.${side}`], own);
    tapStatistics(tap, [`mixstyle.mixedMean.${side}`, `mixstyle.mixedDeviation.${side}`], mixed);
    return restyle(tokens, own, mixed);
  }
}
