import { expectClose, expectNoLeak } from '@concord/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { initBackend } from './backend.js';
import { openForwardPass, type Weights } from './forwardPass.js';
import { gatedAttentionDraws, gatedAttentionPooling, gatedAttentionShapes } from './gatedAttention.js';
import { readReference, type Numbers } from './reference.testing.js';
import type { Tap } from './tap.js';
import { Tape } from './tape.js';

interface PoolingCase {
  readonly name: string;
  readonly dropout: number;
  readonly rows: Numbers;
  readonly weights: Record<string, Numbers>;
  readonly keep: Record<string, Numbers>;
  readonly upstream: Numbers;
  readonly outputs: { readonly scores: Numbers; readonly pooled: Numbers };
  /** Of Σ upstream · pooled, at the rows and at every weight. */
  readonly gradients: Record<string, Numbers>;
}

const { cases, torch } = readReference<{ cases: PoolingCase[]; torch: string }>('gatedAttention');
const tensor = ({ shape, data }: Numbers): tf.Tensor => tf.tensor(data, shape);

beforeAll(async () => {
  await initBackend();
});

function tapeOf({ keep, dropout }: PoolingCase): Tape {
  const draws = Object.entries(keep).map(([branch, { shape, data }]) => {
    return [`attention.${branch}.dropout`, { shape, data: Uint8Array.from(data) }] as const;
  });
  expect(draws.length > 0).toBe(dropout > 0);
  return new Tape(new Map(draws), 0);
}

function pool({ dropout }: PoolingCase, tape: Tape, rows: tf.Tensor, weights: Weights, tap?: Tap) {
  const pass = openForwardPass('test', weights, { mode: 'training', tape, ...(tap && { tap }) });
  return gatedAttentionPooling(pass, 'net', rows as tf.Tensor2D, { dropout });
}

describe(`gated attention pooling, as torch ${torch} in float64`, () => {
  it.each(cases)('$name', (one) => {
    const names = Object.keys(one.weights);
    expectNoLeak(() => {
      const tape = tapeOf(one);
      tf.tidy(() => {
        const leaves = [tensor(one.rows), ...names.map((name) => tensor(one.weights[name]!))];
        const given = (values: tf.Tensor[]) => Object.fromEntries(names.map((name, i) => [name, values[i]!]));
        const seen: Record<string, ArrayLike<number>> = {};
        pool(one, tape, leaves[0]!, given(leaves.slice(1)), (name, value) => (seen[name] = value.dataSync()));
        expectClose('scores', seen['attention.scores']!, one.outputs.scores.data, 6);
        expectClose('pooled', seen['attention.pooled']!, one.outputs.pooled.data, 6);
        const backward = tf.grads((rows: tf.Tensor, ...values: tf.Tensor[]) =>
          pool(one, tape, rows, given(values)),
        );
        const found = backward(leaves, tensor(one.upstream));
        ['rows', ...names].forEach((key, i) =>
          expectClose(`d${key}`, found[i]!.dataSync(), one.gradients[key]!.data, 12),
        );
      });
      tape.dispose();
    });
  });

  it('declares the weights and draws that it reads', () => {
    const [plain, dropped] = cases as [PoolingCase, PoolingCase];
    const [rows, width] = dropped.rows.shape as [number, number];
    const shapes = Object.fromEntries(
      Object.entries(dropped.weights).map(([name, { shape }]) => [name, shape]),
    );
    const [hidden] = dropped.keep['tanh']!.shape.slice(1) as [number];
    const heads = dropped.outputs.scores.shape[1]!;
    expect(gatedAttentionShapes('net', width, hidden, heads)).toEqual(shapes);
    expect(gatedAttentionDraws(rows, hidden).map(({ name, shape }) => [name, shape])).toEqual([
      ['attention.tanh.dropout', [rows, hidden]],
      ['attention.gate.dropout', [rows, hidden]],
    ]);
    expect(gatedAttentionDraws(rows, hidden, { dropout: plain.dropout })).toEqual([]);
  });
});

it('gated attention pooling refuses rows of another width than its weights', () => {
  const weights = Object.fromEntries(
    Object.entries(gatedAttentionShapes('net', 4, 3)).map(([name, shape]) => [name, tf.zeros([...shape])]),
  );
  const pass = openForwardPass('test', weights, { mode: 'evaluation' });
  expect(() => gatedAttentionPooling(pass, 'net', tf.zeros([2, 5]))).toThrow(
    'expected [hidden, 5], got [3, 4]',
  );
});
