import { withGradient, type TapeReader } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import type { BagModule, Side } from './bagModule.js';
import { cadeDraws, cadeOptions, SIDES, type CadeOptions } from './cade.js';
import { gateIsOpen } from './gate.js';
import { GEOMETRIES } from './geometries.js';
import { kernelWeights } from './kernelWeights.js';
import { channelOrder } from './channelOrder.js';
import { tapBag, tapStatistics, tokenStatistics } from './tokenStatistics.js';

/**
 * CADE without the assumption that channels are normal, `extended`: displacement interpolation of their
 * empirical distributions, f_c ← (1 − t) f_c + t y_r(c), with r the rank of channel c within its token and y
 * the kernel-weighted barycentre of the partners' sorted channels.
 *
 * Which rank a channel has is a decision between near-ties; it goes on the tape for others to replay.
 *
 * @source (E2) of docs/method, beyond the paper.
 */
export function quantileCade(given: CadeOptions = {}): BagModule {
  const options = cadeOptions(given);
  const geometry = GEOMETRIES[options.geometry];
  return {
    name: 'cade-quantile',
    options: { ...options },
    decides: true,
    oneWidth: true,
    draws: (sizes) => cadeDraws(sizes, options.alpha),
    apply(bags, tape, mode, tap) {
      if (mode === 'evaluation' || !gateIsOpen(tape, 'cade.gate', options.pAug)) return bags;
      const own = {
        strong: tokenStatistics(bags.strong, options.epsilon),
        weak: tokenStatistics(bags.weak, options.epsilon),
      };
      for (const [side] of SIDES)
        tapStatistics(tap, [`cade.mean.${side}`, `cade.deviation.${side}`], own[side]);
      const order = { strong: channelOrder(bags.strong), weak: channelOrder(bags.weak) };
      const [strong, weak] = SIDES.map(([side, other]) => {
        const weights = kernelWeights(geometry, own[side], own[other], options.bandwidth);
        const target = tf.matMul<tf.Tensor3D>(weights, order[other].sorted);
        tapBag(tap, `cade.partnerSorted.${side}`, target);
        const { ranks } = order[side];
        decide(tape, side, ranks);
        tap?.(`cade.rank.${side}`, ranks);
        const moved = displace(bags[side], target, ranks, position(tape, side, bags[side].shape[1]));
        tapBag(tap, `cade.${side}`, moved);
        return moved;
      });
      return { strong: strong!, weak: weak! };
    },
  };
}

/** Move each channel towards the target's value at its rank; all but the tokens is constant to the gradient. */
function displace(tokens: tf.Tensor3D, target: tf.Tensor3D, ranks: tf.Tensor2D, t: tf.Tensor3D): tf.Tensor3D {
  const move = withGradient<[tf.Tensor3D], tf.Tensor3D>((save, f) => {
    const rest = tf.sub(1, t);
    save([rest]);
    const flat = tf.reshape(target, ranks.shape);
    const there = tf.reshape(tf.gather(flat, ranks, 1, 1), f.shape);
    return {
      value: tf.add(tf.mul(rest, f), tf.mul(t, there)),
      gradFunc: (dy, [kept]) => tf.mul(dy, kept!),
    };
  });
  return move(tokens);
}

function position(tape: TapeReader, side: Side, count: number): tf.Tensor3D {
  return tf.reshape(tape.read(`cade.position.${side}`, [count]), [1, count, 1]);
}

function decide(tape: TapeReader, side: Side, ranks: tf.Tensor2D): void {
  tape.decide(`cade.rank.${side}`, Int16Array.from(ranks.dataSync()), ranks.shape);
}
