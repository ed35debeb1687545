import { expectClose, expectNoLeak } from '@concord/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { initBackend } from './backend.js';
import { meanOver } from './meanOver.js';

beforeAll(() => initBackend());

describe('mean over an axis', () => {
  it.each([
    [0, false, [3, 4]],
    [1, true, [2, 1, 4]],
    [-1, false, [2, 3]],
  ])('%i, kept: %s, has the value and the gradient of a sum over a count', (axis, keepDims, shape) => {
    expectNoLeak(() =>
      tf.tidy(() => {
        const x = tf.randomNormal([2, 3, 4], 0, 1, 'float32', 1);
        const upstream = tf.randomNormal(shape, 0, 1, 'float32', 2);
        const count = x.shape.at(axis)!;
        const mean = meanOver(x, axis, keepDims);
        expect(mean.shape).toEqual(shape);
        expectClose('mean', mean.dataSync(), tf.div(tf.sum(x, axis, keepDims), count).dataSync(), 4);
        const gradient = (of: (x: tf.Tensor) => tf.Tensor) => tf.grad(of)(x, upstream).dataSync();
        expectClose(
          'gradient',
          gradient((y) => meanOver(y, axis, keepDims)),
          gradient((y) => tf.div(tf.sum(y, axis, keepDims), count)),
          4,
        );
      }),
    );
  });
});
