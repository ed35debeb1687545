import {
  alphaDropout,
  dropout,
  layerNorm,
  linear,
  linearOfData,
  type Mode,
  type TapeReader,
} from '@concord/nn';
import type * as tf from '@tensorflow/tfjs-core';
import type { ForwardOptions, Weights } from './backbone.js';

/** One forward pass of a backbone: its weights, draws and taps by name. Call it inside a `tidy`. */
export interface Pass {
  readonly training: boolean;
  readonly mode: Mode;
  /** @throws Error if there is no such weight. */
  weight<T extends tf.Tensor>(name: string): T;
  /** A draw of the step, of this shape. @throws Error without a tape. */
  draw(name: string, shape: readonly number[]): tf.Tensor;
  /** Show an intermediate to the tap, and pass it on. */
  see<T extends tf.Tensor>(name: string, tensor: T): T;
  /** x Wᵀ + b, b where the layer has one; tapped under `name`, the layer's own unless given. */
  linear(layer: string, input: tf.Tensor2D, name?: string): tf.Tensor2D;
  /** The same for inputs that need no gradient. */
  linearOfData(layer: string, input: tf.Tensor2D, name?: string): tf.Tensor2D;
  /** LayerNorm over the last axis, tapped under the layer's name. */
  layerNorm(layer: string, input: tf.Tensor2D): tf.Tensor2D;
  /** Dropout with the mask `<name>` of the tape, tapped under it; in evaluation the input itself. */
  dropout<T extends tf.Tensor>(name: string, input: T, p: number): T;
  /** Alpha dropout, likewise. */
  alphaDropout<T extends tf.Tensor>(name: string, input: T, p: number): T;
}

/** @param backbone its name, for messages. */
export function openPass(backbone: string, weights: Weights, { mode, tape, tap }: ForwardOptions): Pass {
  const training = mode === 'training';
  const pass: Pass = {
    training,
    mode,
    weight: <T extends tf.Tensor>(name: string): T => {
      const found = weights[name];
      if (!found) throw new Error(`${backbone}: no weight named ${name}`);
      return found as T;
    },
    draw: (name, shape) => demandTape(backbone, name, tape).read(name, shape),
    see: (name, tensor) => {
      tap?.(name, tensor);
      return tensor;
    },
    linear: (layer, input, name = layer) => pass.see(name, linear(input, ...affine(layer))),
    linearOfData: (layer, input, name = layer) =>
      pass.see(name, linearOfData(input, pass.weight(`${layer}.weight`), pass.weight(`${layer}.bias`))),
    layerNorm: (layer, input) =>
      pass.see(layer, layerNorm(input, pass.weight(`${layer}.weight`), pass.weight(`${layer}.bias`))),
    dropout: (name, input, p) =>
      training ? pass.see(name, dropout(input, pass.draw(name, input.shape), p)) : input,
    alphaDropout: (name, input, p) =>
      training ? pass.see(name, alphaDropout(input, pass.draw(name, input.shape), p)) : input,
  };
  return pass;

  function affine(layer: string): [tf.Tensor2D, tf.Tensor1D?] {
    const bias = weights[`${layer}.bias`] as tf.Tensor1D | undefined;
    const weight = pass.weight<tf.Tensor2D>(`${layer}.weight`);
    return bias ? [weight, bias] : [weight];
  }
}

function demandTape(backbone: string, name: string, tape?: TapeReader): TapeReader {
  if (!tape) throw new Error(`${backbone}: training needs a tape (draw ${name})`);
  return tape;
}
