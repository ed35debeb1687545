import { expectNoLeak } from '@concord/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { initBackend } from './backend.js';
import { iteratedInverse } from './iteratedInverse.js';

type Matrix = number[][];

beforeAll(() => initBackend());

/** Σₖ a_ik b_kj in float64. */
function times(a: Matrix, b: Matrix): Matrix {
  return a.map((row) => b[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0)));
}

/** factor · I − x. */
function from(factor: number, x: Matrix): Matrix {
  return x.map((row, i) => row.map((value, j) => (i === j ? factor : 0) - value));
}

/** The iteration as it is written in the paper, for all heads, in float64. */
function expected(heads: Matrix[]): Matrix[] {
  const size = heads[0]!.length;
  const sums = (of: (a: Matrix, i: number) => number) =>
    Math.max(...heads.flatMap((a) => a.map((_, i) => of(a, i))));
  const rows = sums((a, i) => a[i]!.reduce((sum, value) => sum + Math.abs(value), 0));
  const columns = sums((a, j) => a.reduce((sum, row) => sum + Math.abs(row[j]!), 0));
  return heads.map((a) => {
    let z = Array.from({ length: size }, (_, i) => a.map((row) => row[i]! / (rows * columns)));
    for (let step = 0; step < 6; step++) {
      const p = times(a, z);
      const t = from(13, times(p, from(15, times(p, from(7, p)))));
      z = times(
        z.map((row) => row.map((value) => value / 4)),
        t,
      );
    }
    return z;
  });
}

/** Attention along few directions, its rows scaled, so that one sum is the largest: [heads, n, n]. */
function matrices(heads: number, size: number): tf.Tensor3D {
  const side = (seed: number) => tf.randomNormal<tf.Rank.R3>([heads, size, 4], 0, 1, 'float32', seed);
  const scales = tf.randomUniform<tf.Rank.R3>([heads, size, 1], 0.5, 1, 'float32', 5);
  return tf.mul(tf.softmax(tf.matMul(side(1), side(2), false, true)), scales);
}

function dot(a: Matrix[], b: Matrix[]): number {
  return a.flat(2).reduce((sum, value, i) => sum + value * b.flat(2)[i]!, 0);
}

/** Largest gap over the largest value. */
function gap(actual: Matrix[], exact: Matrix[]): number {
  const all = exact.flat(2);
  const furthest = Math.max(...actual.flat(2).map((value, i) => Math.abs(value - all[i]!)));
  return furthest / Math.max(...all.map(Math.abs));
}

describe('the iterated inverse', () => {
  // 16 divides the first three, which are one native operation; the others are composed of TensorFlow's.
  it.each([
    [1, 16],
    [3, 48],
    [2, 32],
    [2, 24],
    [3, 15],
  ])('of %i heads, %i rows, is that of float64', (heads, size) => {
    expectNoLeak(() =>
      tf.tidy(() => {
        const a = matrices(heads, size);
        const actual = iteratedInverse(a).arraySync();
        expect(gap(actual, expected(a.arraySync()))).toBeLessThan(2e-5);
      }),
    );
  });

  it.each([
    [1, 16],
    [3, 48],
    [2, 24],
  ])('of %i heads, %i rows, has the slope of float64', (heads, size) => {
    expectNoLeak(() =>
      tf.tidy(() => {
        const a = matrices(heads, size);
        const upstream = tf.randomNormal<tf.Rank.R3>(a.shape, 0, 1, 'float32', 3);
        const direction = tf.randomNormal<tf.Rank.R3>(a.shape, 0, 1, 'float32', 4).arraySync();
        const gradient = tf.grad((x) => iteratedInverse(x as tf.Tensor3D))(a, upstream) as tf.Tensor3D;
        const [at, weights, step] = [a.arraySync(), upstream.arraySync(), 1e-6];
        const moved = (by: number) =>
          at.map((head, h) => head.map((row, i) => row.map((v, j) => v + by * direction[h]![i]![j]!)));
        const slope =
          (dot(expected(moved(step)), weights) - dot(expected(moved(-step)), weights)) / (2 * step);
        expect(Math.abs(dot(gradient.arraySync(), direction) / slope - 1)).toBeLessThan(1e-3);
      }),
    );
  });
});
