import type { Tap, TapeReader } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import type { BagModule, Side } from './bagModule.js';
import { gateIsOpen } from './gate.js';
import { requireOption } from './options.js';
import { restyle } from './restyle.js';
import { tapStatistics, tokenStatistics } from './tokenStatistics.js';

/** Options of DSU with its published defaults. */
export interface DsuOptions {
  /** Probability of acting. */
  readonly p?: number;
  /** Of the spread that statistics are drawn with. */
  readonly factor?: number;
  readonly epsilon?: number;
}

/**
 * DSU between tokens: draw each token's statistics from normals around its own, as wide as the statistics of
 * its bag spread. The published file lets the gradient through the statistics; here they are constants.
 *
 * @source arXiv 2202.03958; lixiaotong97/DSU@82a1de0, moved from instances to tokens.
 */
export function dsu({ p = 0.5, factor = 1, epsilon = 1e-6 }: DsuOptions = {}): BagModule {
  requireOption('dsu', 'p', p, { from: 0, to: 1 });
  requireOption('dsu', 'factor', factor, { from: 0, to: Infinity, includes: 'from' });
  requireOption('dsu', 'epsilon', epsilon, { from: 0, to: 1, includes: 'none' });
  return {
    name: 'dsu',
    manyTokens: true,
    options: Object.freeze({ p, factor, epsilon }),
    draws: ({ strong, weak }) => [
      { name: 'dsu.gate', kind: 'uniform', shape: [1] },
      { name: 'dsu.mean.strong', kind: 'normal', shape: [strong] },
      { name: 'dsu.deviation.strong', kind: 'normal', shape: [strong] },
      { name: 'dsu.mean.weak', kind: 'normal', shape: [weak] },
      { name: 'dsu.deviation.weak', kind: 'normal', shape: [weak] },
    ],
    apply(bags, tape, mode, tap) {
      if (mode === 'evaluation' || !gateIsOpen(tape, 'dsu.gate', p)) return bags;
      return { strong: draw(bags.strong, 'strong', tape, tap), weak: draw(bags.weak, 'weak', tape, tap) };
    },
  };

  function draw(tokens: tf.Tensor3D, side: Side, tape: TapeReader, tap?: Tap): tf.Tensor3D {
    const own = tokenStatistics(tokens, epsilon);
    const around = (statistic: tf.Tensor3D, name: string): tf.Tensor3D => {
      const count = statistic.shape[1];
      const noise = tf.reshape(tape.read(name, [count]), [1, count, 1]);
      return tf.add(statistic, tf.mul(noise, tf.mul(spread(statistic), factor)));
    };
    const drawn = {
      mean: around(own.mean, `dsu.mean.${side}`),
      deviation: around(own.deviation, `dsu.deviation.${side}`),
    };
    tapStatistics(tap, [`dsu.mean.${side}`, `dsu.deviation.${side}`], own);
    tapStatistics(tap, [`dsu.mixedMean.${side}`, `dsu.mixedDeviation.${side}`], drawn);
    return restyle(tokens, own, drawn);
  }

  /** Standard deviation of a statistic over the tokens of a bag, [batch, 1, 1]. */
  function spread(statistic: tf.Tensor3D): tf.Tensor3D {
    const centre = tf.mean(statistic, 1, true);
    const squares = tf.sum<tf.Tensor3D>(tf.squaredDifference(statistic, centre), 1, true);
    return tf.sqrt(tf.add<tf.Tensor3D>(tf.div(squares, statistic.shape[1] - 1), epsilon));
  }
}
