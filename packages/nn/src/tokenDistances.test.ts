import { expectClose, expectNoLeak } from '@concord/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { initBackend } from './backend.js';
import { tokenDistances } from './tokenDistances.js';

beforeAll(() => initBackend());

describe('distances of tokens', () => {
  it.each([
    [1, 1, 1],
    [3, 2, 5],
    [700, 6, 256],
    [301, 7, 37],
  ])('of %i and %i with %i channels are those of float64', (rows, columns, channels) => {
    expectNoLeak(() =>
      tf.tidy(() => {
        const far = tf.randomNormal<tf.Rank.R2>([rows, channels], 3, 1, 'float32', 1);
        const near = tf.randomNormal<tf.Rank.R2>([columns, channels], -2, 1, 'float32', 2);
        const [a, b] = [far, near].map((tokens) =>
          (tokens.arraySync() as number[][]).map((token) => {
            const smallest = Math.min(...token);
            return token.map((value) => value - smallest);
          }),
        );
        const expected = a!.flatMap((x) => b!.map((y) => x.reduce((sum, v, i) => sum + (v - y[i]!) ** 2, 0)));
        expectClose('distances', tokenDistances(far, near).dataSync(), expected, 8);
      }),
    );
  });

  it('refuse tokens of another width', () => {
    expect(() => tf.tidy(() => tokenDistances(tf.zeros([2, 3]), tf.zeros([2, 4])))).toThrow(
      'tokenDistances(near)',
    );
  });
});
