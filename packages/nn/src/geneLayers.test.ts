import { expectClose, expectNoLeak } from '@concord/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { initBackend } from './backend.js';
import { openForwardPass } from './forwardPass.js';
import { maskedHiddenLayer, maskedInputLayer, maskedLayout, type MaskedLayout } from './maskedPathways.js';
import { readReference, type Numbers } from './reference.testing.js';
import {
  selfNormalisingDraws,
  selfNormalisingNetwork,
  selfNormalisingShapes,
} from './selfNormalisingNetwork.js';
import { Tape } from './tape.js';

interface GeneCase {
  readonly name: string;
  readonly inputs: Record<string, Numbers>;
  readonly weights: Record<string, Numbers>;
  readonly draws: Record<string, Numbers>;
  readonly upstream: Numbers;
  readonly output: Numbers;
  /** At every weight, and at inputs that are no data. */
  readonly gradients: Record<string, Numbers>;
}

interface Given {
  readonly values: Record<string, tf.Tensor>;
  readonly tape: Tape;
  readonly layout: MaskedLayout;
}

const { cases, pathways, genes, torch } = readReference<{
  cases: GeneCase[];
  pathways: number[][];
  genes: number;
  torch: string;
}>('geneLayers');

const layers: Record<string, (given: Given) => tf.Tensor> = {
  maskedInputLayer: ({ values: { genes, weight, bias }, layout }) =>
    maskedInputLayer(layout, genes as tf.Tensor1D, weight as tf.Tensor2D, bias as tf.Tensor1D),
  maskedHiddenLayer: ({ values: { tokens, weight, bias } }) =>
    maskedHiddenLayer(tokens as tf.Tensor2D, weight as tf.Tensor2D, bias as tf.Tensor1D),
  selfNormalisingNetwork: ({ values, tape }) => {
    const mode = tape.draws.size > 0 ? 'training' : 'evaluation';
    const pass = openForwardPass('test', values, { mode, tape });
    return selfNormalisingNetwork(pass, 'net', values['genes'] as tf.Tensor2D);
  },
};

beforeAll(async () => {
  await initBackend();
});

describe(`layers of gene models, as torch ${torch} in float64`, () => {
  it.each(cases)('$name', ({ name, inputs, weights, draws, upstream, output, gradients }) => {
    const layer = layers[name.split(' ')[0]!]!;
    expectNoLeak(() => {
      const layout = maskedLayout(pathways, genes);
      const drawn = Object.entries(draws).map(
        ([key, { shape, data }]) => [key, { shape, data: Uint8Array.from(data) }] as const,
      );
      const tape = new Tape(new Map(drawn), 0);
      tf.tidy(() => {
        const numbers = { ...inputs, ...weights };
        const values = Object.fromEntries(
          Object.entries(numbers).map(([key, { shape, data }]) => [key, tf.tensor(data, shape)]),
        );
        expectClose('output', layer({ values, tape, layout }).dataSync(), output.data, 8);
        const names = Object.keys(gradients);
        const loss = () =>
          tf.sum(
            tf.mul(layer({ values, tape, layout }), tf.tensor(upstream.data, upstream.shape)),
          ) as tf.Scalar;
        const leaves = names.map((key) => values[key]!);
        const { grads } = tf.engine().gradients(loss, leaves, undefined, true);
        names.forEach((key, i) => expectClose(`d${key}`, grads[i]!.dataSync(), gradients[key]!.data, 8));
      });
      tape.dispose();
      layout.dispose();
    });
  });

  it('a self-normalising network declares the weights and draws that it reads', () => {
    const one = cases.find(({ name }) => name === 'selfNormalisingNetwork training')!;
    const shapes = Object.entries(one.weights).map(([key, { shape }]) => [key, shape]);
    expect(selfNormalisingShapes('net', [5, 4, 3])).toEqual(Object.fromEntries(shapes));
    expect(selfNormalisingDraws([4, 3]).map(({ name, shape }) => [name, shape])).toEqual(
      Object.entries(one.draws).map(([key, { shape }]) => [key, shape]),
    );
  });
});
