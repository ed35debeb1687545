import * as tf from '@tensorflow/tfjs-core';
import { blockedProduct } from './blockedProduct.js';
import type { Draw } from './draws.js';
import type { ForwardPass } from './forwardPass.js';
import { matrixProduct } from './matrixProduct.js';
import { requireShape } from './shape.js';
import { withGradient } from './withGradient.js';

/** Where a gated attention's taps and draws lie, and how it drops. */
export interface GatedAttentionOptions {
  /** Before the names of its taps and draws; `attention` unless given. */
  readonly name?: string;
  /** Of both branches: 0.25 unless given, as every published class has it; 0 for none. */
  readonly dropout?: number;
}

const DROPOUT = 0.25;

/**
 * Rows pooled by gated attention, the field's `Attn_Net_Gated` and the softmax that follows it everywhere:
 *
 *     s = W_c (Drop(tanh(W_a x + b_a)) ⊙ Drop(σ(W_b x + b_b))) + b_c,   pooled = Σᵢ softmax(s)ᵢ xᵢ
 *
 * Its gradient is written out. Softmax does not see b_c, whose gradient is 0: exactly here, where torch's
 * rounding leaves numbers that Adam turns into steps.
 *
 * Taps are `<name>.tanh`, `….gate`, `….scores` [rows, heads], `….weights` [heads, rows] and `….pooled`; draws
 * `<name>.tanh.dropout` and `<name>.gate.dropout`.
 *
 * @param layer its weights lie under `<layer>.attention_a.0`, `….attention_b.0` [hidden, width] and
 *   `….attention_c` [heads, hidden].
 * @param rows [rows, width] float32, borrowed.
 * @returns [heads, width] float32, owned by the caller's `tidy`.
 * @throws ShapeError if the widths do not fit.
 * @source arXiv 1802.04712, equations 7 and 9; mahmoodlab/MCAT@b9cca63, models/model_utils.py.
 */
export function gatedAttentionPooling(
  pass: ForwardPass,
  layer: string,
  rows: tf.Tensor2D,
  { name = 'attention', dropout = DROPOUT }: GatedAttentionOptions = {},
): tf.Tensor2D {
  const [count, width] = requireShape(rows, ['rows', 'width'], 'gatedAttentionPooling(rows)');
  const weights = ['attention_a.0', 'attention_b.0', 'attention_c'].map((part) =>
    pass.weight<tf.Tensor2D>(`${layer}.${part}.weight`),
  ) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
  const biases = ['attention_a.0', 'attention_b.0', 'attention_c'].map((part) =>
    pass.weight<tf.Tensor1D>(`${layer}.${part}.bias`),
  ) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
  const [hidden] = requireShape(weights[0], ['hidden', width!], 'gatedAttentionPooling(attention_a)');
  requireShape(weights[1], [hidden!, width!], 'gatedAttentionPooling(attention_b)');
  requireShape(weights[2], ['heads', hidden!], 'gatedAttentionPooling(attention_c)');

  const drops = pass.training && dropout > 0;
  const mask = (branch: string) => pass.draw(`${name}.${branch}.dropout`, [count!, hidden!]) as tf.Tensor2D;
  const keep = drops ? tf.mul<tf.Tensor2D>(mask('tanh'), mask('gate')) : undefined;
  const see = <T extends tf.Tensor>(part: string, tensor: T): T => pass.see(`${name}.${part}`, tensor);
  return see('pooled', pooling(see, keep, drops ? (1 - dropout) ** -2 : 1)(rows, ...weights, ...biases));
}
/** Draws of `gatedAttentionPooling` over this many rows. */
export function gatedAttentionDraws(
  rows: number,
  hidden: number,
  { name = 'attention', dropout = DROPOUT }: GatedAttentionOptions = {},
): Draw[] {
  if (dropout === 0) return [];
  return ['tanh', 'gate'].map((branch) => ({
    name: `${name}.${branch}.dropout`,
    kind: 'keep',
    shape: [rows, hidden],
    p: dropout,
  }));
}

/** Shapes of the weights of `gatedAttentionPooling`, under the published names. */
export function gatedAttentionShapes(
  layer: string,
  width: number,
  hidden: number,
  heads = 1,
): Record<string, readonly number[]> {
  return {
    [`${layer}.attention_a.0.weight`]: [hidden, width],
    [`${layer}.attention_a.0.bias`]: [hidden],
    [`${layer}.attention_b.0.weight`]: [hidden, width],
    [`${layer}.attention_b.0.bias`]: [hidden],
    [`${layer}.attention_c.weight`]: [heads, hidden],
    [`${layer}.attention_c.bias`]: [heads],
  };
}

type Matrix = tf.Tensor2D;
type Vector = tf.Tensor1D;
type Inputs = [Matrix, Matrix, Matrix, Matrix, Vector, Vector, Vector];
type Saved = [Matrix, Matrix, Matrix, Matrix, Matrix, Matrix, Matrix, Matrix, Matrix, Matrix?];

/** Both masks as one; what dropout scales by goes into the small W_c instead of the large branches. */
function pooling(
  see: <T extends tf.Tensor>(part: string, tensor: T) => T,
  keep: Matrix | undefined,
  scale: number,
) {
  const kept = (x: Matrix, mask?: Matrix): Matrix => (mask ? tf.mul(x, mask) : x);
  return withGradient<Inputs, Matrix>((save, x, wa, wb, wc, ba, bb, bc) => {
    const branch = (w: Matrix, b: Vector): Matrix => tf.add(matrixProduct(x, w, false, true), b);
    const tanh = see('tanh', tf.tanh(branch(wa, ba)));
    const gate = see('gate', tf.sigmoid(branch(wb, bb)));
    const gated = kept(tf.mul(tanh, gate), keep);
    const scaled = tf.mul<Matrix>(wc, scale);
    const scores = see('scores', tf.add<Matrix>(matrixProduct(gated, scaled, false, true), bc)); // [rows, heads]
    const weights = see('weights', tf.softmax(tf.transpose(scores))); // [heads, rows]
    const value = matrixProduct(weights, x); // [heads, width]
    save([x, tanh, gate, gated, weights, value, wa, wb, scaled, ...(keep ? [keep] : [])]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [input, t, s, ts, soft, pooled, a, b, c, mask] = saved as Saved;
        const dPooled = dy as Matrix;
        const dWeights = matrixProduct(dPooled, input, false, true);
        const centred = tf.sub(dWeights, tf.sum(tf.mul(dPooled, pooled), 1, true));
        const dScores = tf.transpose(tf.mul(soft, centred) as Matrix);
        // What is as large as the bag goes as soon as it is used.
        const [dTanh, dGate] = tf.tidy(() => {
          const through = tf.mul<Matrix>(kept(matrixProduct(dScores, c), mask), s);
          const inside: Matrix = tf.mul(through, t);
          return [tf.sub<Matrix>(through, tf.mul(inside, t)), tf.sub<Matrix>(inside, tf.mul(inside, s))];
        });
        const dInput = tf.tidy(() => {
          const throughGate = tf.tidy(() => tf.add(matrixProduct(dTanh, a), matrixProduct(dGate, b)));
          return tf.add(throughGate, matrixProduct(soft, dPooled, true, false));
        });
        return [
          dInput,
          blockedProduct(dTanh, input),
          blockedProduct(dGate, input),
          tf.mul(blockedProduct(dScores, ts), scale),
          tf.sum(dTanh, 0),
          tf.sum(dGate, 0),
          tf.zeros([dPooled.shape[0]]),
        ];
      },
    };
  });
}
