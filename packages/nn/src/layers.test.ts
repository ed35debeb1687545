import { expectClose, expectNoLeak } from '@concord/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { alphaDropout } from './alphaDropout.js';
import { initBackend } from './backend.js';
import { crossAttention } from './crossAttention.js';
import { dropout } from './dropout.js';
import { gelu } from './gelu.js';
import { denseGradient, type OuterProduct } from './gradient.js';
import { layerNorm } from './layerNorm.js';
import { linear } from './linear.js';
import {
  pathwayHiddenLayer,
  pathwayInputLayer,
  pathwayLayout,
  type PathwayLayout,
} from './packedPathways.js';
import { readReference, type Numbers } from './reference.testing.js';

interface LayerCase {
  readonly name: string;
  readonly p?: number;
  readonly inputs: Record<string, Numbers>;
  readonly upstream: Numbers;
  readonly output: Numbers;
  readonly gradients: Record<string, Numbers>;
}

const { cases, torch } = readReference<{ cases: LayerCase[]; torch: string }>('layers');
let layout: PathwayLayout;

type Inputs = Record<string, tf.Tensor>;
type In2 = tf.Tensor2D;

const layers: Record<string, (inputs: Inputs, p: number) => tf.Tensor> = {
  linear: ({ input, weight, bias }) => linear(input as In2, weight as In2, bias as tf.Tensor1D),
  layerNorm: ({ input, weight, bias }) => layerNorm(input as In2, weight as tf.Tensor1D, bias as tf.Tensor1D),
  gelu: ({ input }) => gelu(input!),
  elu: ({ input }) => tf.elu(input!),
  dropout: ({ input, keep }) => dropout(input!, keep!, 0.3),
  alphaDropout: ({ input, keep }, p) => alphaDropout(input!, keep!, p),
  crossAttention: ({ query, key, value }) => crossAttention(query as In2, key as In2, value as In2, 3),
  pathwayInputLayer: ({ genes, weight, bias }) =>
    pathwayInputLayer(layout, genes as tf.Tensor1D, weight as In2, bias as In2),
  pathwayHiddenLayer: ({ tokens, weight, bias }) =>
    pathwayHiddenLayer(tokens as In2, weight as tf.Tensor3D, bias as In2),
};

beforeAll(async () => {
  await initBackend();
  layout = pathwayLayout([3, 1, 4]);
});

describe(`layers, as torch ${torch} in float64`, () => {
  it.each(cases)('$name', ({ name, p, inputs, upstream, output, gradients }) => {
    const layer = layers[name.split(' ')[0]!]!;
    const names = Object.keys(gradients);
    expectNoLeak(() =>
      tf.tidy(() => {
        const given = mapValues(inputs, ({ shape, data }) => tf.tensor(data, shape));
        expectClose(name, layer(given, p ?? 0).dataSync(), output.data, 6);
        const backward = tf.grads((...leaves: tf.Tensor[]) => {
          const moved = Object.fromEntries(names.map((key, i) => [key, leaves[i]!]));
          return layer({ ...given, ...moved }, p ?? 0);
        });
        const found = backward(
          names.map((key) => given[key]!),
          tf.tensor(upstream.data, upstream.shape),
        );
        names.forEach((key, i) =>
          expectClose(`${name}: d${key}`, found[i]!.dataSync(), gradients[key]!.data, 12),
        );
      }),
    );
  });
});

describe('pathwayHiddenLayer', () => {
  const one = cases.find(({ name }) => name.startsWith('pathwayHiddenLayer'))!;

  it('gives the gradient of its weight as factors to whoever takes it', () => {
    expectNoLeak(() =>
      tf.tidy(() => {
        const { tokens, weight, bias } = mapValues(one.inputs, ({ shape, data }) => tf.tensor(data, shape));
        const taken: OuterProduct[] = [];
        const layer = (x: tf.Tensor, b: tf.Tensor) =>
          pathwayHiddenLayer(x as In2, weight as tf.Tensor3D, b as In2, (factors) => taken.push(factors));
        const upstream = tf.tensor(one.upstream.data, one.upstream.shape);
        const [dTokens] = tf.grads(layer)([tokens!, bias!], upstream);
        expect(taken).toHaveLength(1);
        expectClose('dWeight', denseGradient(taken[0]!).dataSync(), one.gradients['weight']!.data, 12);
        expectClose('dTokens', dTokens!.dataSync(), one.gradients['tokens']!.data, 12);
        tf.dispose(taken);
      }),
    );
  });
});

describe('layers refuse', () => {
  it('widths that do not fit, printing every axis', () => {
    const refused = () => linear(tf.zeros([2, 3]), tf.zeros([4, 5]));
    expect(refused).toThrow('linear(weight): expected [out, 3], got [4, 5]');
  });

  it('a mask of another shape', () => {
    expect(() => dropout(tf.zeros([2, 3]), tf.zeros([3, 2]), 0.5)).toThrow('expected [2, 3], got [3, 2]');
  });

  it('a pathway without genes', () => {
    expect(() => pathwayLayout([3, 0])).toThrow('pathway 1 has 0 genes');
  });

  it('attention without patches', () => {
    const tokens = tf.zeros<tf.Rank.R2>([3, 4]);
    expect(() => crossAttention(tokens, tokens, tokens, 3)).toThrow('need both kinds');
  });
});

function mapValues<A, B>(record: Record<string, A>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
