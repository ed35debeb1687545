import * as tf from '@tensorflow/tfjs-core';
import { blockedMatMul } from './blockedMatMul.js';
import { convolveRows } from './convolveRows.js';
import type { Draw } from './draws.js';
import { dropout } from './dropout.js';
import type { ForwardPass } from './forwardPass.js';
import { exactSoftmax } from './exactSoftmax.js';
import { iteratedInverse } from './iteratedInverse.js';
import { plus } from './plus.js';
import { scaled } from './scaled.js';
import { meanOver } from './meanOver.js';
import { requireShape } from './shape.js';
import { softAttention } from './softAttention.js';
import { withGradient } from './withGradient.js';

/** Rows of the kernel of the residual convolution. */
const KERNEL = 33;

/** What fixes a Nyström attention. */
export interface NystromOptions {
  /** Width of a token. */
  readonly width: number;
  readonly heads: number;
  readonly headWidth: number;
  readonly landmarks: number;
  /** Whether values are convolved along the tokens and added. */
  readonly residual: boolean;
  /** Of the output; 0 for none. */
  readonly dropout: number;
  /**
   * Which rows are given back. Tokens are filled up with zeros in front, so they are the `last` ones; up to
   * version 0.0.9 the package gave the `first` ones, shifted by the zeros.
   */
  readonly keep: 'last' | 'first';
}

/**
 * Nyström attention: with landmarks q̃, k̃, the means of consecutive queries and keys,
 * softmax(q k̃ᵀ) · softmax(q̃ k̃ᵀ)⁺ · softmax(q̃ kᵀ) v, plus the values convolved along the tokens, head by head;
 * then an affine map and dropout. Tokens are filled up with zero rows in front to a multiple of the landmarks;
 * those rows are keys like all others.
 *
 * From the right it is twice the same layer: attention of landmarks to tokens, then of tokens to landmarks.
 *
 * Taps: `<name>.qkv`, `.gathered`, `.landmarkWeights`, `.inverse`, `.attended`, `.dropout`, `.out`.
 *
 * @param pass with `<layer>.to_qkv.weight` [3 · heads · headWidth, width], `<layer>.to_out.0`, and, for the
 *   residual, `<layer>.res_conv.weight` [heads, 1, 33, 1].
 * @param tokens [tokens, width] float32, borrowed.
 * @returns [tokens, width] float32, owned by the caller.
 * @source arXiv 2102.03902; lucidrains/nystrom-attention@fbe9eba.
 */
export function nystromAttention(
  pass: ForwardPass,
  layer: string,
  tokens: tf.Tensor2D,
  options: NystromOptions,
  name = layer,
): tf.Tensor2D {
  return tf.tidy(() => attend(pass, layer, tokens, options, name));
}

function attend(
  pass: ForwardPass,
  layer: string,
  tokens: tf.Tensor2D,
  options: NystromOptions,
  name: string,
): tf.Tensor2D {
  const { heads, headWidth, landmarks, keep, width } = options;
  const [count] = requireShape(tokens, ['tokens', width], 'nystromAttention(tokens)');
  const rows = paddedRows(count!, landmarks);
  const filling: [number, number] = [rows - count!, 0];
  const padded = tf.pad(tokens, [filling, [0, 0]]); // [rows, width]
  const qkv = pass.linear(`${layer}.to_qkv`, padded, `${name}.qkv`); // [rows, 3 heads headWidth]
  const byHead = tf.transpose(tf.reshape(qkv, [rows, 3, heads, headWidth]), [1, 2, 0, 3]);
  const [query, key, value] = tf.unstack(byHead) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D]; // [heads, rows, headWidth]
  const asked = scaled(query, headWidth ** -0.5);
  const [keyMarks, queryMarks] = [means(key, landmarks), means(asked, landmarks)]; // [heads, landmarks, headWidth]

  const gathered = pass.see(`${name}.gathered`, softAttention(queryMarks, key, value)); // [heads, landmarks, headWidth]
  const scores = tf.matMul<tf.Tensor3D>(queryMarks, keyMarks, false, true); // [heads, landmarks, landmarks]
  const weights = pass.see(`${name}.landmarkWeights`, exactSoftmax(scores));
  const inverse = pass.see(`${name}.inverse`, iteratedInverse(weights));
  const from = keep === 'last' ? rows - count! : 0;
  const asking = tf.slice<tf.Rank.R3, tf.Tensor3D>(asked, [0, from, 0], [-1, count!, -1]);
  const spread = softAttention(asking, keyMarks, product(inverse, gathered)); // [heads, tokens, headWidth]

  const merged = tf.transpose(spread, [1, 0, 2]); // [tokens, heads, headWidth]
  const residual = options.residual
    ? tf.slice(convolveRows(value, pass.weight(`${layer}.res_conv.weight`)), [from, 0, 0], [count!, -1, -1])
    : undefined;
  const sum = residual ? plus(merged, residual) : merged;
  const attended = pass.see(`${name}.attended`, tf.reshape(sum, [count!, heads * headWidth]) as tf.Tensor2D);
  const out = pass.linear(`${layer}.to_out.0`, attended, `${name}.out`); // [tokens, width]
  if (!pass.training || options.dropout === 0) return out;
  const mask = tf.slice(pass.draw(`${name}.dropout`, [rows, width]), [from, 0], [count!, -1]);
  return pass.see(`${name}.dropout`, dropout(out, mask, options.dropout));
}

const product = withGradient<[tf.Tensor3D, tf.Tensor3D], tf.Tensor3D>((save, a, b) => {
  save([a, b]);
  return {
    value: blockedMatMul(a, b),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [left, right] = saved as [tf.Tensor3D, tf.Tensor3D];
      const dProduct = dy as tf.Tensor3D;
      return [tf.matMul(dProduct, right, false, true), tf.matMul(left, dProduct, true, false)];
    },
  };
});

/** Rows after filling up. */
function paddedRows(tokens: number, landmarks: number): number {
  return Math.ceil(tokens / landmarks) * landmarks;
}

/** Means of consecutive rows: [heads, rows, channels] → [heads, landmarks, channels]. */
function means(rows: tf.Tensor3D, landmarks: number): tf.Tensor3D {
  const [heads, count, channels] = rows.shape;
  return meanOver(tf.reshape(rows, [heads, landmarks, count / landmarks, channels]), 2);
}

/** Draws of `nystromAttention` in one training step. */
export function nystromDraws(name: string, tokens: number, options: NystromOptions): Draw[] {
  const { landmarks, width, dropout: p } = options;
  return p === 0
    ? []
    : [{ name: `${name}.dropout`, kind: 'keep', shape: [paddedRows(tokens, landmarks), width], p }];
}

/** Shapes of the weights of `nystromAttention`. */
export function nystromShapes(layer: string, options: NystromOptions): Record<string, readonly number[]> {
  const { heads, headWidth, width, residual } = options;
  return {
    [`${layer}.to_qkv.weight`]: [3 * heads * headWidth, width],
    [`${layer}.to_out.0.weight`]: [width, heads * headWidth],
    [`${layer}.to_out.0.bias`]: [width],
    ...(residual && { [`${layer}.res_conv.weight`]: [heads, 1, KERNEL, 1] }),
  };
}
