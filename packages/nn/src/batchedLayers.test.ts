import { expectClose, expectNoLeak } from '@concord/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { batchedPathwayInputLayer, batchedPathwayNetworks, padPathways } from './batchedPathways.js';
import { initBackend } from './backend.js';
import { openBatchPass } from './batchPass.js';
import { openForwardPass } from './forwardPass.js';
import { pathwayLayout } from './packedPathways.js';
import { pathwayNetworkDraws, pathwayNetworks, pathwayNetworkShapes } from './pathwayNetworks.js';
import { readReference, type Numbers } from './reference.testing.js';
import { drawTape } from './tape.js';
import { unitRows } from './unitRows.js';

interface LayerCase {
  readonly name: string;
  readonly inputs: Record<string, Numbers>;
  readonly upstream: Numbers;
  readonly output: Numbers;
  readonly gradients: Record<string, Numbers>;
}

const { cases, sizes, torch } = readReference<{ cases: LayerCase[]; sizes: number[]; torch: string }>(
  'batchedLayers',
);

beforeAll(async () => {
  await initBackend();
});

describe(`layers of several cases, as torch ${torch} in float64`, () => {
  it.each(cases)('$name', ({ name, inputs, upstream, output, gradients }) => {
    const padded = padPathways(sizes);
    const layer = (given: Record<string, tf.Tensor>): tf.Tensor =>
      name === 'unitRows'
        ? unitRows(given['input'] as tf.Tensor2D)
        : batchedPathwayInputLayer(
            padded,
            given['genes'] as tf.Tensor2D,
            given['weight'] as tf.Tensor2D,
            given['bias'] as tf.Tensor2D,
          );
    expectNoLeak(() =>
      tf.tidy(() => {
        const given = Object.fromEntries(
          Object.entries(inputs).map(([key, { shape, data }]) => [key, tf.tensor(data, shape)]),
        );
        expectClose(name, layer(given).dataSync(), output.data, 6);
        const names = Object.keys(gradients);
        const found = tf.grads((...values: tf.Tensor[]) =>
          layer({ ...given, ...Object.fromEntries(names.map((key, i) => [key, values[i]!])) }),
        )(
          names.map((key) => given[key]!),
          tf.tensor(upstream.data, upstream.shape),
        );
        names.forEach((key, i) => expectClose(key, found[i]!.dataSync(), gradients[key]!.data, 6));
      }),
    );
    padded.dispose();
  });
});

describe('a batch of pathway networks', () => {
  it('gives each case what it gets alone, and shows the first to the tap', () => {
    const draws = pathwayNetworkDraws(sizes.length, [4, 4]);
    const tapes = [0, 1].map((step) => drawTape(draws, 1, step));
    const [padded, layout] = [padPathways(sizes), pathwayLayout(sizes)];
    tf.tidy(() => {
      const weights = Object.fromEntries(
        Object.entries(pathwayNetworkShapes(sizes, [4, 4])).map(([name, shape]) => [
          name,
          tf.randomNormal([...shape]),
        ]),
      );
      const genes = tf.randomNormal<tf.Rank.R2>([2, 8]);
      const taps: Record<string, number[]> = {};
      const pass = openBatchPass('test', weights, tapes, {
        mode: 'training',
        tap: (name, tensor) => (taps[name] = [...tensor.shape, ...tensor.dataSync()]),
      });
      const together = batchedPathwayNetworks(pass, padded, genes);
      [0, 1].forEach((i) => {
        const seen: Record<string, number[]> = {};
        const alone = openForwardPass('test', weights, {
          mode: 'training',
          tape: tapes[i]!,
          tap: (name, tensor) => (seen[name] = [...tensor.shape, ...tensor.dataSync()]),
        });
        const own = tf.squeeze<tf.Tensor1D>(tf.slice(genes, i, 1), [0]);
        const expected = pathwayNetworks(alone, layout, own).dataSync();
        expectClose(`case ${i}`, tf.slice(together, [0, i, 0], [-1, 1, -1]).dataSync(), expected, 8);
        if (i > 0) return;
        expect(Object.keys(taps)).toEqual(Object.keys(seen));
        for (const [name, values] of Object.entries(seen)) expectClose(name, taps[name]!, values, 8);
      });
    });
    for (const one of [...tapes, padded, layout]) one.dispose();
  });

  it('refuses training where a case has no tape', () => {
    const pass = openBatchPass('test', {}, [undefined], { mode: 'training' });
    expect(() => pass.draw('pathways.0.dropout', [3, 1, 4])).toThrow('test: training needs a tape');
  });

  it('refuses an empty pathway', () => {
    expect(() => padPathways([2, 0])).toThrow('pathway 1 has 0 genes');
  });
});

describe('unitRows', () => {
  it('leaves a row of zeros as it is, and its gradient finite', () => {
    tf.tidy(() => {
      const zeros = tf.zeros<tf.Rank.R2>([1, 3]);
      expect([...unitRows(zeros).dataSync()]).toEqual([0, 0, 0]);
      const gradient = tf.grad((x) => tf.sum(unitRows(x as tf.Tensor2D)))(zeros);
      expect(gradient.dataSync().every(Number.isFinite)).toBe(true);
    });
  });
});
