import { drawTape, initBackend, type Tape } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BagModule, Bags } from './bagModule.js';
import { cade } from './cade.js';
import { channelOrder } from './channelOrder.js';
import { fisherRao } from './fisherRao.js';
import type { GeometryName } from './geometries.js';
import { kernelWeights } from './kernelWeights.js';
import { NASCENT_DIRACS } from './nascentDirac.js';
import { released, repaired } from './released.js';
import { sdir } from './sdir.js';
import { adaptiveSparsity } from './sparsity.js';
import { tokenStatistics } from './tokenStatistics.js';
import { wasserstein } from './wasserstein.js';

beforeAll(() => initBackend());

const finite = fc.double({ min: -3, max: 3, noNaN: true });

describe('token statistics', () => {
  it('divide by n − 1, as worked by hand', () => {
    // 1, 2, 3, 4: mean 2.5, variance 5 / 3.
    const [mean, deviation] = tf.tidy(() => {
      const found = tokenStatistics(tf.tensor3d([1, 2, 3, 4], [1, 1, 4]), 1e-6);
      return [found.mean.dataSync()[0]!, found.deviation.dataSync()[0]!];
    });
    expect(mean).toBeCloseTo(2.5, 6);
    expect(deviation).toBeCloseTo(Math.sqrt(5 / 3 + 1e-6), 6);
  });

  it('do not hide NaN', () => {
    const { mean } = tokenStatistics(tf.tensor3d([1, NaN, 3, 4], [1, 1, 4]), 1e-6);
    expect(mean.dataSync()[0]).toBeNaN();
  });
});

describe('SDIR', () => {
  it.each(Object.keys(NASCENT_DIRACS) as (keyof typeof NASCENT_DIRACS)[])(
    'has a gain in [1, 1 + γ] with the %s kernel',
    (kernel) => {
      fc.assert(
        fc.property(fc.array(finite, { minLength: 6, maxLength: 6 }), fc.nat(20), (values, tenths) => {
          const gamma = tenths / 10;
          const gains: number[] = [];
          tf.tidy(() => {
            sdir({ kernel, gamma }).apply(
              bagsOf([0, 1, 2, 3, 4, 5], values),
              emptyTape,
              'evaluation',
              (name, tensor) => {
                if (name === 'sdir.gain') gains.push(...tensor.dataSync());
              },
            );
          });
          return gains.length === 6 && gains.every((gain) => gain >= 1 && gain <= 1 + gamma + 1e-6);
        }),
        { numRuns: 30 },
      );
    },
  );

  it('leaves the weak bag alone when the kernel is wide, and doubles deviations when it is narrow', () => {
    const values = [1, 2, 3, 4, 5, 6];
    const weak = (h: number) =>
      tf.tidy(() => [...sdir({ h }).apply(bagsOf(values, values), emptyTape, 'evaluation').weak.dataSync()]);
    weak(1e4).forEach((value, i) => expect(value).toBeCloseTo(values[i]!, 4));
    // γ = 1: μ + 2 (w − μ) with μ = 3.5.
    weak(1e-3).forEach((value, i) => expect(value).toBeCloseTo(3.5 + 2 * (values[i]! - 3.5), 4));
  });

  it('keeps one token when the draw silences all', () => {
    const module = sdir({ p: 0.999 });
    const tape = drawTape(module.draws({ strong: 4, weak: 2, width: 3 }), 1, 0);
    const silenced = tf.tidy(() => {
      const strong = tf.ones<tf.Rank.R3>([1, 4, 3]);
      return tf
        .sum(module.apply({ strong, weak: tf.zeros([1, 2, 3]) }, tape, 'training').strong, [0, 2])
        .dataSync();
    });
    expect([...silenced].filter((value) => value > 0)).toEqual([3]);
    tape.dispose();
  });

  it('masks a redundant bag more', () => {
    const probability = (tokens: tf.Tensor3D) => adaptiveSparsity().probability(tokens);
    tf.tidy(() => {
      const direction = tf.randomNormal([1, 1, 16], 0, 1, 'float32', 3);
      const redundant = tf.mul<tf.Tensor3D>(tf.randomNormal([1, 64, 1], 0, 1, 'float32', 4), direction);
      const rich = tf.randomNormal<tf.Rank.R3>([1, 64, 16], 0, 1, 'float32', 5);
      expect(probability(redundant)).toBeGreaterThan(probability(rich));
      for (const bag of [redundant, rich]) {
        expect(probability(bag)).toBeGreaterThanOrEqual(0.25);
        expect(probability(bag)).toBeLessThanOrEqual(0.75);
      }
    });
  });
});

describe('CADE', () => {
  it.each(['wasserstein', 'fisher-rao'] as GeometryName[])(
    'does nothing at t = 0 in the %s geometry',
    (geometry) => {
      const values = [0.3, -1, 2, 0.5, 4, -2];
      const moved = tf.tidy(() => [
        ...cade({ geometry })
          .apply(bagsOf(values, [1, 2, 3, 5, 8, 13]), constantTape(0), 'training')
          .strong.dataSync(),
      ]);
      moved.forEach((value, i) => expect(value).toBeCloseTo(values[i]!, 4));
    },
  );

  it('finds the global mean with a wide kernel, the nearest partner with a narrow one', () => {
    tf.tidy(() => {
      const a = { mean: tf.tensor3d([0.1], [1, 1, 1]), deviation: tf.tensor3d([1], [1, 1, 1]) };
      const b = { mean: tf.tensor3d([0, 5], [1, 2, 1]), deviation: tf.tensor3d([1, 1], [1, 2, 1]) };
      expect(kernelWeights(wasserstein, a, b, 1e4).dataSync()[0]).toBeCloseTo(0.5, 6);
      expect([...kernelWeights(wasserstein, a, b, 1e-2).dataSync()]).toEqual([1, 0]);
    });
  });

  it('follows the hyperbolic geodesic, as worked by hand', () => {
    // On the axis μ = 0 the geodesic from σ = 1 to σ = 4 is 4^t: halfway is 2.
    const half = tf.tidy(() => {
      const at = (deviation: number) => ({
        mean: tf.zeros<tf.Rank.R3>([1, 1, 1]),
        deviation: tf.fill<tf.Rank.R3>([1, 1, 1], deviation),
      });
      return fisherRao.move(at(1), at(4), tf.fill([1, 1, 1], 0.5)).deviation.dataSync()[0]!;
    });
    expect(half).toBeCloseTo(2, 5);
  });

  it('has geodesics that begin and end where they should', () => {
    const pair = fc.tuple(finite, fc.double({ min: 0.01, max: 5, noNaN: true }));
    fc.assert(
      fc.property(pair, pair, (from, to) => {
        const at = ([mean, deviation]: [number, number]) => ({
          mean: tf.fill<tf.Rank.R3>([1, 1, 1], mean),
          deviation: tf.fill<tf.Rank.R3>([1, 1, 1], deviation),
        });
        return tf.tidy(() =>
          [0, 1].every((t) => {
            const { mean, deviation } = fisherRao.move(at(from), at(to), tf.fill([1, 1, 1], t));
            const [x, y] = t === 0 ? from : to;
            return Math.abs(mean.dataSync()[0]! - x) < 1e-3 && Math.abs(deviation.dataSync()[0]! - y) < 1e-3;
          }),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('orders channels as a stable sort', () => {
    tf.tidy(() => {
      const { sorted, ranks } = channelOrder(tf.tensor3d([3, 1, 2, 1], [1, 1, 4]));
      expect([...sorted.dataSync()]).toEqual([1, 1, 2, 3]);
      expect([...ranks.dataSync()]).toEqual([3, 0, 2, 1]);
    });
  });
});

describe('released', () => {
  const failing = (module: BagModule, weak: number[], strong: number[]) => () =>
    tf.tidy(() => {
      const bags = { weak: tf.ones(weak as never), strong: tf.ones(strong as never) } as unknown as Bags;
      module.apply(bags, constantTape(0), 'training');
    });

  it('fails where the published class fails, naming the line', () => {
    expect(failing(released(), [1, 3, 4], [1, 5, 4])).toThrow(
      /feature_entanglement \(line 143\).*3 mixing weights meet 5/,
    );
    expect(failing(released(), [3, 4], [3, 4])).toThrow(/feature_masking \(line 83\)/);
  });

  it('is what repaired is, for bags of one length', () => {
    const sizes = { strong: 6, weak: 6, width: 4 };
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const tape = drawTape(released().draws(sizes), seed, 0);
        const same = tf.tidy(() => {
          const bags = {
            strong: tf.randomNormal<tf.Rank.R3>([1, 6, 4]),
            weak: tf.randomNormal<tf.Rank.R3>([1, 6, 4]),
          };
          const [a, b] = [released({ pAug: 1 }), repaired({ pAug: 1 })].map((module) =>
            module.apply(bags, tape, 'training'),
          );
          return (
            tf.all(tf.equal(a!.strong, b!.strong)).dataSync()[0] &&
            tf.all(tf.equal(a!.weak, b!.weak)).dataSync()[0]
          );
        });
        tape.dispose();
        return same === 1;
      }),
      { numRuns: 20 },
    );
  });
});

describe('options', () => {
  it.each([
    [() => sdir({ p: 1 }), 'sdir: p is 1, allowed is [0, 1)'],
    [() => sdir({ h: 0 }), 'sdir: h is 0'],
    [() => cade({ bandwidth: -1 }), 'cade: bandwidth is -1'],
    [() => released({ pMask: 1 }), 'released: pMask is 1'],
    [() => cade({ geometry: 'flat' as never }), 'known are wasserstein, fisher-rao'],
    [() => adaptiveSparsity({ pMin: 0.5, pMax: 0.4 }), 'pMax is 0.4'],
  ])('%s is refused', (make, words) => {
    expect(make).toThrow(words);
  });
});

/** Both bags with one token of these channels. */
function bagsOf(strong: number[], weak: number[]): Bags {
  return { strong: tf.tensor3d(strong, [1, 1, strong.length]), weak: tf.tensor3d(weak, [1, 1, weak.length]) };
}

const emptyTape = drawTape([], 0, 0);

/** A tape on which every number is the same. */
function constantTape(value: number): Tape {
  return {
    read: (_name: string, shape?: readonly number[]) => tf.fill([...(shape ?? [1])], value),
    values: () => new Float32Array(16).fill(value),
    decide: () => undefined,
  } as unknown as Tape;
}
