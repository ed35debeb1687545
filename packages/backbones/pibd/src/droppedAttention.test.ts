import { drawTape, dropout, initBackend, openForwardPass } from '@concord/nn';
import { expectClose, expectNoLeak } from '@concord/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { droppedAttention, type Attending } from './droppedAttention.js';

const P = 0.25;
const [BAGS, HEADS, QUERIES, KEYS, CHANNELS] = [2, 3, 5, 7, 4] as const;

beforeAll(() => initBackend());

function inputs(): Attending {
  const rows = (count: number, seed: number) =>
    tf.randomNormal<tf.Rank.R4>([BAGS, HEADS, count, CHANNELS], 0, 1, 'float32', seed);
  return [rows(QUERIES, 1), rows(KEYS, 2), rows(KEYS, 3)];
}

describe('attention with dropout', () => {
  it.each(['training', 'evaluation'] as const)('is what tfjs chains by itself, in %s', (mode) => {
    const shape = [BAGS, HEADS, QUERIES, KEYS];
    const tape = drawTape([{ name: 'a.dropout', kind: 'keep', shape, p: P }], 5, 0);
    expectNoLeak(() => {
      const pass = openForwardPass('test', {}, { mode, tape });
      const chained = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor) => {
        const weights = tf.softmax(tf.div(tf.matMul(q, k, false, true), Math.sqrt(CHANNELS)));
        return tf.matMul(mode === 'training' ? dropout(weights, tape.read('a.dropout'), P) : weights, v);
      };
      const written = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor) =>
        droppedAttention(pass, 'a', [q, k, v] as Attending, P);
      tf.tidy(() => {
        const given = inputs();
        const upstream = tf.randomNormal([BAGS, HEADS, QUERIES, CHANNELS], 0, 1, 'float32', 4);
        const results = [written, chained].map((layer) => [
          layer(...given),
          ...tf.grads(layer as (...x: tf.Tensor[]) => tf.Tensor)([...given], upstream),
        ]);
        results[0]!.forEach((actual, i) => {
          expect(actual.shape).toEqual(results[1]![i]!.shape);
          expectClose(`result ${i}`, actual.dataSync(), [...results[1]![i]!.dataSync()], 32);
        });
      });
      tape.dispose();
    });
  });
});
