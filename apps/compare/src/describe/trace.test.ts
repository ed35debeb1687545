import { initBackend, linear } from '@concord/nn';
import { expectNoLeak } from '@concord/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { trace, type TracedTensor } from './trace.js';

beforeAll(() => initBackend());

describe('trace', () => {
  it('finds the nearest named tensors behind operations, reshapes and custom gradients', () => {
    let traced: TracedTensor[] = [];
    expectNoLeak(() =>
      tf.tidy(() => {
        const [x, w, other] = [
          tf.ones<tf.Rank.R2>([2, 3]),
          tf.ones<tf.Rank.R2>([4, 3]),
          tf.ones([4, 1]),
        ] as const;
        traced = trace({ x, w, other }, (tap) => {
          const hidden = linear(tf.square(x), w);
          tap('hidden', hidden);
          const turned = tf.reshape(hidden, [4, 2]);
          tap('turned', turned);
          const both = tf.concat([turned, other], 1);
          const sum = tf.sum(both);
          // Named after it was used.
          tap('both', both);
          tap('sum', sum);
        });
      }),
    );
    expect(traced).toEqual([
      { name: 'hidden', shape: [2, 4], from: ['x', 'w'] },
      { name: 'turned', shape: [4, 2], from: ['hidden'] },
      { name: 'both', shape: [4, 3], from: ['turned', 'other'] },
      { name: 'sum', shape: [], from: ['both'] },
    ]);
  });

  it('knows a tensor by a copy of it that the tap sees', () => {
    const traced: TracedTensor[] = [];
    tf.tidy(() => {
      const x = tf.ones([1, 3, 2]);
      const found = trace({ x }, (tap) => {
        const doubled = tf.mul(x, 2);
        tap('first case', tf.squeeze(tf.slice(doubled, [0, 0, 0], [1, -1, -1])));
        tap('half', tf.slice(tf.relu(doubled), [0, 0, 0], [1, 1, 2]));
      });
      traced.push(...found);
    });
    expect(traced.map(({ name, from }) => ({ name, from }))).toEqual([
      { name: 'first case', from: ['x'] },
      { name: 'half', from: ['first case'] },
    ]);
  });

  it('leaves the engine as it was, even after an error', () => {
    expect(() =>
      trace({}, () => {
        throw new Error('no such weight');
      }),
    ).toThrow('no such weight');
    const left = ['runKernel', 'executeSingleOutput'].filter(
      (method) => Object.hasOwn(tf.engine(), method) || Object.hasOwn(tf.backend(), method),
    );
    expect(left).toEqual([]);
  });
});
