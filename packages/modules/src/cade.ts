import type { Draw } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import type { BagModule, BagSizes, Side } from './bagModule.js';
import { gateIsOpen } from './gate.js';
import { GEOMETRIES, type GeometryName } from './geometries.js';
import { kernelWeights } from './kernelWeights.js';
import { requireOption } from './options.js';
import { restyle } from './restyle.js';
import { tapBag, tapStatistics, tokenStatistics, type TokenStatistics } from './tokenStatistics.js';

/** Options of CADE; defaults as docs/method says. */
export interface CadeOptions {
  /** The geometry of (μ, σ) that distances and paths follow. */
  readonly geometry?: GeometryName;
  /** Probability of acting, per patient. */
  readonly pAug?: number;
  /** Of the Beta law of the positions on the path. */
  readonly alpha?: number;
  /** Of the kernel that finds partners. */
  readonly bandwidth?: number;
  readonly epsilon?: number;
}

/** Options with their defaults, checked. @throws ModuleOptionError. */
export function cadeOptions(options: CadeOptions): Required<CadeOptions> {
  const { geometry = 'wasserstein', pAug = 0.3, alpha = 0.1, bandwidth = 0.5, epsilon = 1e-6 } = options;
  if (!Object.hasOwn(GEOMETRIES, geometry)) {
    throw new RangeError(`cade: geometry is ${geometry}, known are ${Object.keys(GEOMETRIES).join(', ')}`);
  }
  requireOption('cade', 'pAug', pAug, { from: 0, to: 1 });
  requireOption('cade', 'alpha', alpha, { from: 0, to: Infinity, includes: 'none' });
  requireOption('cade', 'bandwidth', bandwidth, { from: 0, to: Infinity, includes: 'none' });
  requireOption('cade', 'epsilon', epsilon, { from: 0, to: 1, includes: 'none' });
  return Object.freeze({ geometry, pAug, alpha, bandwidth, epsilon });
}

/** What CADE draws: whether it acts, and how far each token moves. */
export function cadeDraws({ strong, weak }: BagSizes, alpha: number): Draw[] {
  return [
    { name: 'cade.gate', kind: 'uniform', shape: [1] },
    { name: 'cade.position.strong', kind: 'beta', shape: [strong], alpha },
    { name: 'cade.position.weak', kind: 'beta', shape: [weak], alpha },
  ];
}

/** Each side with the one that it looks for partners in. */
export const SIDES: readonly (readonly [Side, Side])[] = [
  ['strong', 'weak'],
  ['weak', 'strong'],
];

/**
 * Cancer-aware Distribution Entanglement, `described`: each token's statistics move towards a
 * kernel-smoothed average of the other modality's, along the geodesic of the chosen geometry.
 *
 * @source This project's reading of arXiv 2507.08340's prose, (C1)–(C4) of docs/method; not its equations.
 */
export function cade(given: CadeOptions = {}): BagModule {
  const options = cadeOptions(given);
  const geometry = GEOMETRIES[options.geometry];
  return {
    name: options.geometry === 'wasserstein' ? 'cade' : `cade-${options.geometry}`,
    options: { ...options },
    draws: (sizes) => cadeDraws(sizes, options.alpha),
    apply(bags, tape, mode, tap) {
      if (mode === 'evaluation' || !gateIsOpen(tape, 'cade.gate', options.pAug)) return bags;
      const own = {
        strong: tokenStatistics(bags.strong, options.epsilon),
        weak: tokenStatistics(bags.weak, options.epsilon),
      };
      for (const [side] of SIDES)
        tapStatistics(tap, [`cade.mean.${side}`, `cade.deviation.${side}`], own[side]);
      const partners = SIDES.map(([side, other]) => {
        const weights = kernelWeights(geometry, own[side], own[other], options.bandwidth);
        const partner = average(weights, own[other]);
        tapStatistics(tap, [`cade.partnerMean.${side}`, `cade.partnerDeviation.${side}`], partner);
        return partner;
      });
      const [strong, weak] = SIDES.map(([side], i) => {
        const count = bags[side].shape[1];
        const t = tf.reshape(tape.read(`cade.position.${side}`, [count]), [1, count, 1]) as tf.Tensor3D;
        const target = geometry.move(own[side], partners[i]!, t);
        tapStatistics(tap, [`cade.movedMean.${side}`, `cade.movedDeviation.${side}`], target);
        return restyle(bags[side], own[side], target);
      });
      tapBag(tap, 'cade.strong', strong!);
      tapBag(tap, 'cade.weak', weak!);
      return { strong: strong!, weak: weak! };
    },
  };
}

/**
 * Weighted average of both statistics in one product, taken about their plain mean: weights of thousands of
 * partners add up to 1 only to a few roundings, and those then touch the spread of the statistics alone.
 */
function average(weights: tf.Tensor3D, { mean, deviation }: TokenStatistics): TokenStatistics {
  const both = tf.concat([mean, deviation], 2);
  const centre = tf.mean<tf.Tensor3D>(both, 1, true);
  const averaged = tf.add<tf.Tensor3D>(tf.matMul(weights, tf.sub<tf.Tensor3D>(both, centre)), centre);
  const [averageMean, averageDeviation] = tf.split(averaged, 2, 2) as [tf.Tensor3D, tf.Tensor3D];
  return { mean: averageMean, deviation: averageDeviation };
}
