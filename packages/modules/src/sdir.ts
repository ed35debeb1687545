import { withGradient, type Draw, type Mode, type Tap, type TapeReader } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import type { BagModule, Side } from './bagModule.js';
import { NASCENT_DIRACS, type KernelName } from './nascentDirac.js';
import { requireOption } from './options.js';
import type { Sparsity } from './sparsity.js';
import { tapBag, tokenStatistics } from './tokenStatistics.js';

/** Options of SDIR; defaults as docs/method says. */
export interface SdirOptions {
  /** The nascent Dirac that decides what deviates. */
  readonly kernel?: KernelName;
  /** Probability of silencing a strong token. */
  readonly p?: number;
  /** Largest extra gain of the weak bag. */
  readonly gamma?: number;
  /** Width of the kernel in standard deviations. */
  readonly h?: number;
  readonly epsilon?: number;
  /** Divide kept tokens by 1 − p. */
  readonly rescale?: boolean;
  /** Chooses p by the bag instead. */
  readonly sparsity?: Sparsity;
}

/**
 * Sparse Dirac Information Rebalancer, `described`: silence tokens of the strong bag (training only), and
 * amplify what deviates from its token's mean in the weak one, by a gain in [1, 1 + γ].
 *
 * @source This project's reading of arXiv 2507.08340's prose, (S1)–(S3) of docs/method; not its equations.
 */
export function sdir(options: SdirOptions = {}): BagModule {
  const {
    kernel = 'gaussian',
    p = 0.5,
    gamma = 1,
    h = 1,
    epsilon = 1e-6,
    rescale = false,
    sparsity,
  } = options;
  if (!Object.hasOwn(NASCENT_DIRACS, kernel)) {
    throw new RangeError(`sdir: kernel is ${kernel}, known are ${Object.keys(NASCENT_DIRACS).join(', ')}`);
  }
  requireOption('sdir', 'p', p, { from: 0, to: 1, includes: 'from' });
  requireOption('sdir', 'gamma', gamma, { from: 0, to: Infinity, includes: 'from' });
  requireOption('sdir', 'h', h, { from: 0, to: Infinity, includes: 'none' });
  requireOption('sdir', 'epsilon', epsilon, { from: 0, to: 1, includes: 'none' });
  const dirac = NASCENT_DIRACS[kernel];

  return {
    name: sparsity ? 'sdir-adaptive' : kernel === 'gaussian' ? 'sdir' : `sdir-${kernel}`,
    options: Object.freeze({ kernel, p, gamma, h, epsilon, rescale, ...sparsity?.options }),
    decides: sparsity !== undefined,
    draws: ({ strong }) => maskDraws(strong),
    apply: (bags, tape, mode, tap) => ({
      strong: rebalance('strong', bags.strong, tape, mode, tap),
      weak: rebalance('weak', bags.weak, tape, mode, tap),
    }),
    single: { draws: (side, tokens) => (side === 'strong' ? maskDraws(tokens) : []), apply: rebalance },
  };

  function maskDraws(tokens: number): Draw[] {
    return [
      { name: 'sdir.mask', kind: 'uniform', shape: [tokens] },
      { name: 'sdir.fallback', kind: 'index', shape: [1], below: tokens },
    ];
  }

  function rebalance(side: Side, tokens: tf.Tensor3D, tape: TapeReader, mode: Mode, tap?: Tap): tf.Tensor3D {
    if (side === 'weak') return strengthen(tokens, tap);
    return mode === 'evaluation' ? tokens : silence(tokens, tape, tap);
  }

  function silence(tokens: tf.Tensor3D, tape: TapeReader, tap?: Tap): tf.Tensor3D {
    const probability = sparsity ? sparsity.probability(tokens, tap) : p;
    const kept = Uint8Array.from(tape.values('sdir.mask'), (u) => (u >= probability ? 1 : 0));
    if (!kept.includes(1)) kept[tape.values('sdir.fallback')[0]!] = 1;
    if (sparsity) tape.decide('sdir.keep', kept, [kept.length]);
    const keep = tf.tensor1d(Float32Array.from(kept));
    tap?.('sdir.keep', keep);
    const scaled = rescale ? tf.div(keep, 1 - probability) : keep;
    const silenced = tf.mul<tf.Tensor3D>(tokens, tf.reshape(scaled, [1, keep.size, 1]));
    tapBag(tap, 'sdir.strong', silenced);
    return silenced;
  }

  /** μ + (w − μ) g(z); μ and σ are constants, so the gradient is dy (g(z) + z g'(z)). */
  function strengthen(tokens: tf.Tensor3D, tap?: Tap): tf.Tensor3D {
    const amplify = withGradient<[tf.Tensor3D], tf.Tensor3D>((save, w) => {
      const { mean, deviation } = tokenStatistics(w, epsilon);
      const centred = tf.sub<tf.Tensor3D>(w, mean);
      const z = tf.div<tf.Tensor3D>(centred, deviation);
      const peak = dirac.peak(z, h);
      const gain = tf.add<tf.Tensor3D>(tf.mul(tf.sub(1, peak), gamma), 1);
      tapBag(tap, 'sdir.standard', z);
      tapBag(tap, 'sdir.gain', gain);
      save([tf.add(gain, tf.mul(dirac.fall(z, peak, h), gamma))]);
      return {
        value: tf.add(mean, tf.mul(centred, gain)),
        gradFunc: (dy, [slope]) => tf.mul(dy, slope!),
      };
    });
    const strengthened = amplify(tokens);
    tapBag(tap, 'sdir.weak', strengthened);
    return strengthened;
  }
}
