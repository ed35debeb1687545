import { expectClose, expectNoLeak } from '@concord/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { initBackend } from './backend.js';
import {
  bilinearFusion,
  bilinearFusionDraws,
  bilinearFusionShapes,
  type BilinearOptions,
} from './bilinearFusion.js';
import { coAttention } from './coAttention.js';
import { encoderLayer, encoderLayerDraws, encoderLayerShapes } from './encoderLayer.js';
import { openForwardPass, type ForwardPass } from './forwardPass.js';
import { multiHeadAttention } from './multiHeadAttention.js';
import { readReference, type Numbers } from './reference.testing.js';
import { Tape } from './tape.js';

interface FusionCase {
  readonly name: string;
  readonly inputs: Record<string, Numbers>;
  readonly weights: Record<string, Numbers>;
  readonly draws: Record<string, Numbers>;
  readonly options?: BilinearOptions;
  readonly upstream: Numbers;
  readonly output: Numbers;
  /** At every input and every weight. */
  readonly gradients: Record<string, Numbers>;
}

type Inputs = Record<string, tf.Tensor2D>;

const { cases, torch } = readReference<{ cases: FusionCase[]; torch: string }>('fusionLayers');
const WIDTHS = { inputs: [16, 16], scale: 4, hidden: [12, 12] } as const;

const layers: Record<string, (pass: ForwardPass, inputs: Inputs, one: FusionCase) => tf.Tensor> = {
  coAttention: (pass, { queries, tokens }) => coAttention(pass, 'net', queries!, tokens!, 'test'),
  encoderLayer: (pass, { tokens }) => encoderLayer(pass, 'net', tokens!, 'test'),
  bilinearFusion: (pass, { first, second }, { options }) =>
    bilinearFusion(pass, 'net', first!, second!, options!, 'test'),
};

function run(one: FusionCase, values: Record<string, tf.Tensor>): tf.Tensor {
  const draws = Object.entries(one.draws).map(
    ([name, { shape, data }]) => [name, { shape, data: Uint8Array.from(data) }] as const,
  );
  const tape = new Tape(new Map(draws), 0);
  const pass = openForwardPass('test', values, {
    mode: draws.length > 0 ? 'training' : 'evaluation',
    tape,
  });
  const out = layers[one.name.split(' ')[0]!]!(pass, values as Inputs, one);
  for (const [name] of draws) tf.dispose(tape.read(name));
  return out;
}

beforeAll(async () => {
  await initBackend();
});

describe(`layers in which modalities meet, as torch ${torch} in float64`, () => {
  it.each(cases)('$name', (one) => {
    const numbers = { ...one.inputs, ...one.weights };
    const names = Object.keys(numbers);
    expectNoLeak(() =>
      tf.tidy(() => {
        const leaves = names.map((key) => tf.tensor(numbers[key]!.data, numbers[key]!.shape));
        const forward = (...values: tf.Tensor[]) =>
          run(one, Object.fromEntries(names.map((key, i) => [key, values[i]!])));
        expectClose('output', forward(...leaves).dataSync(), one.output.data, 8);
        const upstream = tf.tensor(one.upstream.data, one.upstream.shape);
        const loss = () => tf.sum(tf.mul(forward(...leaves), upstream)) as tf.Scalar;
        const { grads } = tf.engine().gradients(loss, leaves, undefined, true);
        names.forEach((key, i) => {
          const { data } = one.gradients[key]!;
          // Weights of a gate that is shut are not touched: no gradient here, zeros in the reference.
          const found = grads[i]?.dataSync() ?? new Float32Array(data.length);
          expectClose(`d${key}`, found, data, 24);
        });
      }),
    );
  });

  it('an encoder layer declares the weights and draws that it reads', () => {
    const one = cases.find(({ name }) => name === 'encoderLayer training')!;
    expect(sorted(encoderLayerShapes('net', 16, 12))).toEqual(shapesOf(one.weights));
    const draws = encoderLayerDraws('test', one.inputs['tokens']!.shape[0]!, 16, 12);
    expect(sorted(Object.fromEntries(draws.map(({ name, shape }) => [name, shape])))).toEqual(
      shapesOf(one.draws),
    );
  });

  it.each(cases.filter(({ options }) => options))('$name declares what it reads', (one) => {
    expect(sorted(bilinearFusionShapes('net', WIDTHS, one.options!))).toEqual(shapesOf(one.weights));
    if (Object.keys(one.draws).length === 0) return;
    const draws = bilinearFusionDraws(WIDTHS, one.options!, 'test');
    expect(sorted(Object.fromEntries(draws.map(({ name, shape }) => [name, shape])))).toEqual(
      shapesOf(one.draws),
    );
  });
});

describe('layers in which modalities meet refuse', () => {
  it('queries and tokens of two widths', () => {
    const pass = openForwardPass('test', {}, { mode: 'evaluation' });
    expect(() => coAttention(pass, 'net', tf.zeros([2, 8]), tf.zeros([3, 4]))).toThrow(
      'coAttention(tokens): expected [tokens, 8], got [3, 4]',
    );
  });

  it('heads that do not divide the width', () => {
    expect(() => multiHeadAttention(tf.zeros([2, 36]), { heads: 8 })).toThrow('expected [24], got [36]');
  });
});

function shapesOf(numbers: Record<string, Numbers>): Record<string, readonly number[]> {
  return sorted(Object.fromEntries(Object.entries(numbers).map(([name, { shape }]) => [name, shape])));
}

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
