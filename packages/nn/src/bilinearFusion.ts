import * as tf from '@tensorflow/tfjs-core';
import type { Draw } from './draws.js';
import { relu } from './relu.js';
import type { ForwardPass } from './forwardPass.js';

/** Of every published fusion. */
const DROPOUT = 0.25;

/** Which parts a published fusion has. */
export interface BilinearOptions {
  /** Whether each vector is gated by both. */
  readonly gates: readonly [boolean, boolean];
  /** Whether the vectors go past the first encoder. */
  readonly skip: boolean;
  /** Dropout after both encoders; PORPOISE's own copy has none. */
  readonly encoderDropout: boolean;
}

/** Widths of a fusion. */
export interface BilinearWidths {
  /** Of the two vectors. */
  readonly inputs: readonly [number, number];
  /** By which each is narrowed before the product. */
  readonly scale: number;
  /** Of the first encoder's output, and of the second's. */
  readonly hidden: readonly [number, number];
}

/**
 * Bilinear fusion of two vectors: every product of an entry of one with an entry of the other, read by two layers.
 *
 * h = ReLU(W v); o = Drop(ReLU(W (σ(z) ⊙ h))), z = W [v₁ ⊕ v₂], σ(z) left out where the gate is shut;
 * [o₁, 1] ⊗ [o₂, 1] → Drop → Linear → ReLU, beside it v₁ ⊕ v₂ with `skip` → Linear → ReLU.
 *
 * Weights lie under the published names, `<layer>.linear_h1.0` and so on; taps and draws are
 * `<name>.{first,second}.*`, `….product`, `….encoder1`, `….encoder2`.
 *
 * @param first, @param second [1, width] float32, borrowed.
 * @returns [1, hidden] float32, owned by the caller's `tidy`.
 * @source mahmoodlab/PORPOISE@3390dc4, models/model_porpoise.py, `BilinearFusion`.
 */
export function bilinearFusion(
  pass: ForwardPass,
  layer: string,
  first: tf.Tensor2D,
  second: tf.Tensor2D,
  { gates, skip, encoderDropout }: BilinearOptions,
  name = 'fusion',
): tf.Tensor2D {
  const both = tf.concat2d([first, second], 1);
  const left = encode(first, 'first', 1, gates[0]); // [1, width / scale + 1]
  const right = encode(second, 'second', 2, gates[1]);
  const outer = tf.matMul<tf.Tensor2D>(left, right, true, false);
  const product = pass.see(`${name}.product`, tf.reshape<tf.Rank.R2>(outer, [1, outer.size]));
  const hidden = through('encoder1', pass.dropout(`${name}.product.dropout`, product, DROPOUT));
  return through('encoder2', skip ? tf.concat2d([hidden, both], 1) : hidden);

  function encode(vector: tf.Tensor2D, side: string, number: 1 | 2, gated: boolean): tf.Tensor2D {
    let hidden = relu(pass.linear(`${layer}.linear_h${number}.0`, vector, `${name}.${side}.hidden`));
    if (gated) {
      const gate = pass.linear(`${layer}.linear_z${number}.0`, both, `${name}.${side}.gate`);
      hidden = tf.mul(hidden, tf.sigmoid(gate));
    }
    const out = relu(pass.linear(`${layer}.linear_o${number}.0`, hidden, `${name}.${side}.out`));
    return tf.concat2d([pass.dropout(`${name}.${side}.dropout`, out, DROPOUT), tf.ones([1, 1])], 1);
  }

  function through(encoder: 'encoder1' | 'encoder2', values: tf.Tensor2D): tf.Tensor2D {
    const out = relu(pass.linear(`${layer}.${encoder}.0`, values, `${name}.${encoder}`));
    return encoderDropout ? pass.dropout(`${name}.${encoder}.dropout`, out, DROPOUT) : out;
  }
}

/** Draws of `bilinearFusion` in one training step, in its order. */
export function bilinearFusionDraws(
  { inputs, scale, hidden }: BilinearWidths,
  { encoderDropout }: BilinearOptions,
  name = 'fusion',
): Draw[] {
  const [left, right] = narrowed(inputs, scale);
  const widths = {
    first: left,
    second: right,
    product: (left + 1) * (right + 1),
    ...(encoderDropout && { encoder1: hidden[0], encoder2: hidden[1] }),
  };
  return Object.entries(widths).map(([part, width]) => ({
    name: `${name}.${part}.dropout`,
    kind: 'keep',
    shape: [1, width],
    p: DROPOUT,
  }));
}

/** Shapes of the weights of `bilinearFusion`; the class has the gates' weights even where they are shut. */
export function bilinearFusionShapes(
  layer: string,
  { inputs, scale, hidden }: BilinearWidths,
  { skip }: BilinearOptions,
): Record<string, readonly number[]> {
  const sides = narrowed(inputs, scale);
  const both = inputs[0] + inputs[1];
  const layers: [string, number, number][] = [
    ...sides.flatMap((narrow, i): [string, number, number][] => [
      [`linear_h${i + 1}`, narrow, inputs[i]!],
      [`linear_z${i + 1}`, narrow, both],
      [`linear_o${i + 1}`, narrow, narrow],
    ]),
    ['encoder1', hidden[0], (sides[0] + 1) * (sides[1] + 1)],
    ['encoder2', hidden[1], hidden[0] + (skip ? both : 0)],
  ];
  return Object.fromEntries(
    layers.flatMap(([name, out, width]) => [
      [`${layer}.${name}.0.weight`, [out, width]],
      [`${layer}.${name}.0.bias`, [out]],
    ]),
  );
}

function narrowed([first, second]: readonly [number, number], scale: number): [number, number] {
  return [Math.floor(first / scale), Math.floor(second / scale)];
}
