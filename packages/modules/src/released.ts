import type { Draw, Tap, TapeReader } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import type { BagModule, Bags, Side } from './bagModule.js';
import { gateIsOpen } from './gate.js';
import { requireOption } from './options.js';
import { PublishedFailure } from './publishedFailure.js';
import { restyle } from './restyle.js';
import { tapBag, tapStatistics, tokenStatistics, type TokenStatistics } from './tokenStatistics.js';

/** Options of the published class, with its defaults. */
export interface ReleasedOptions {
  /** Probability of entangling, per step. */
  readonly pAug?: number;
  /** Of the Beta law of the mixing weights. */
  readonly alpha?: number;
  /** Probability of silencing a token. */
  readonly pMask?: number;
  readonly epsilon?: number;
}

/**
 * MCCSDG as released: mask both bags, then with probability pAug blend each token's statistics with those of
 * a partner in the other bag. Fails where the published class fails.
 *
 * @source HopkinsKwong/MCCSDG@48d5410, models/model_SurvPath(MCCSDG).py, class MCCSDG.
 */
export function released(options: ReleasedOptions = {}): BagModule {
  return mccsdg('released', options, requirePublishedShapes, (order, count) => order.map((j) => j % count));
}

/**
 * `released` with the smallest change that runs on its documented shapes: partner i is token ρ[i mod N] of
 * the other bag. The same as `released` for bags of one length.
 */
export function repaired(options: ReleasedOptions = {}): BagModule {
  return mccsdg('repaired', options, requireBags, (order, count) =>
    Int32Array.from({ length: count }, (_, i) => order[i % order.length]!),
  );
}

function mccsdg(
  name: string,
  { pAug = 0.3, alpha = 0.1, pMask = 0.5, epsilon = 1e-6 }: ReleasedOptions,
  requireShapes: (bags: Bags, entangles: boolean) => void,
  partners: (order: Int32Array, count: number) => Int32Array,
): BagModule {
  requireOption(name, 'pAug', pAug, { from: 0, to: 1 });
  requireOption(name, 'alpha', alpha, { from: 0, to: Infinity, includes: 'none' });
  requireOption(name, 'pMask', pMask, { from: 0, to: 1, includes: 'from' });
  requireOption(name, 'epsilon', epsilon, { from: 0, to: 1, includes: 'none' });

  return {
    name,
    options: Object.freeze({ pAug, alpha, pMask, epsilon }),
    draws: ({ weak, strong }) => [
      ...maskDraws('weak', weak),
      ...maskDraws('strong', strong),
      { name: 'released.gate', kind: 'uniform', shape: [1] },
      { name: 'released.blend.weak', kind: 'beta', shape: [weak], alpha },
      { name: 'released.blend.strong', kind: 'beta', shape: [strong], alpha },
      { name: 'released.partner.weak', kind: 'permutation', shape: [weak] },
      { name: 'released.partner.strong', kind: 'permutation', shape: [strong] },
    ],
    apply(bags, tape, mode, tap) {
      if (mode === 'evaluation') return bags;
      const entangles = gateIsOpen(tape, 'released.gate', pAug);
      requireShapes(bags, entangles);
      const weak = mask(bags.weak, 'weak', tape, tap);
      const strong = mask(bags.strong, 'strong', tape, tap);
      tapBag(tap, 'released.masked.weak', weak);
      tapBag(tap, 'released.masked.strong', strong);
      if (!entangles) return { weak, strong };
      const own = { weak: tokenStatistics(weak, epsilon), strong: tokenStatistics(strong, epsilon) };
      for (const side of ['weak', 'strong'] as const) {
        tapStatistics(tap, [`released.mean.${side}`, `released.deviation.${side}`], own[side]);
      }
      const blendedWeak = blend(own.weak, own.strong, 'weak', 'strong', tape, tap);
      const blendedStrong = blend(own.strong, own.weak, 'strong', 'weak', tape, tap);
      return {
        weak: restyle(weak, own.weak, blendedWeak),
        strong: restyle(strong, own.strong, blendedStrong),
      };
    },
    single: {
      draws: maskDraws,
      apply: (side, tokens, tape, mode, tap) =>
        mode === 'evaluation' ? tokens : mask(tokens, side, tape, tap),
    },
  };

  function maskDraws(side: Side, tokens: number): Draw[] {
    return [
      { name: `released.mask.${side}`, kind: 'uniform', shape: [tokens] },
      { name: `released.shuffle.${side}`, kind: 'permutation', shape: [tokens] },
    ];
  }

  function mask(tokens: tf.Tensor3D, side: Side, tape: TapeReader, tap?: Tap): tf.Tensor3D {
    const kept = Float32Array.from(tape.values(`released.mask.${side}`), (u) => (u >= pMask ? 1 : 0));
    if (!kept.includes(1)) kept[0] = 1;
    const shuffled = Float32Array.from(tape.values(`released.shuffle.${side}`), (j) => kept[j]!);
    const keep = tf.tensor1d(shuffled);
    tap?.(`released.keep.${side}`, keep);
    return tf.mul(tokens, tf.reshape(keep, [1, keep.size, 1]));
  }

  function blend(
    own: TokenStatistics,
    other: TokenStatistics,
    side: Side,
    otherSide: Side,
    tape: TapeReader,
    tap?: Tap,
  ): TokenStatistics {
    const count = own.mean.shape[1];
    const order = tape.values(`released.partner.${otherSide}`) as Int32Array;
    const partner = tf.tensor1d(partners(order, count), 'int32');
    const weight = tf.reshape(tape.read(`released.blend.${side}`, [count]), [1, count, 1]);
    const rest = tf.sub(1, weight);
    const mix = (a: tf.Tensor3D, b: tf.Tensor3D): tf.Tensor3D =>
      tf.add(tf.mul(a, weight), tf.mul(tf.gather(b, partner, 1), rest));
    const blended = { mean: mix(own.mean, other.mean), deviation: mix(own.deviation, other.deviation) };
    tapStatistics(tap, [`released.blendedMean.${side}`, `released.blendedDeviation.${side}`], blended);
    return blended;
  }
}

function requireBags({ weak, strong }: Bags): void {
  for (const [side, bag] of Object.entries({ weak, strong })) {
    if (bag.rank !== 3) throw new RangeError(`repaired: the ${side} bag has ${bag.rank} axes, expected 3`);
  }
}

function requirePublishedShapes({ weak, strong }: Bags, entangles: boolean): void {
  const flat = [weak, strong].find((bag) => bag.rank !== 3);
  if (flat) {
    const why = `a mask of ${flat.shape[1]} entries cannot be laid over tokens of shape [${flat.shape.join(', ')}]`;
    throw new PublishedFailure(83, 'feature_masking', why);
  }
  const [n1, n2] = [weak.shape[1], strong.shape[1]];
  if (entangles && n1 !== n2 && n1 !== 1 && n2 !== 1) {
    const why = `${n1} mixing weights meet ${n2} partners, since the index keeps the other bag's length`;
    throw new PublishedFailure(143, 'feature_entanglement', why);
  }
}
