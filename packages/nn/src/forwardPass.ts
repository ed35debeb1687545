import type * as tf from '@tensorflow/tfjs-core';
import { alphaDropout } from './alphaDropout.js';
import { dropout } from './dropout.js';
import type { OuterProduct, TakeFactors } from './gradient.js';
import { layerNorm } from './layerNorm.js';
import { linear, linearOfData } from './linear.js';
import type { Mode, Tap } from './tap.js';
import type { TapeReader } from './tape.js';

/** Weights by name, float32. */
export type Weights = Readonly<Record<string, tf.Tensor>>;

/** How a forward pass is run. */
export interface PassOptions {
  readonly mode: Mode;
  /** Needed in training. */
  readonly tape?: TapeReader;
  readonly tap?: Tap;
  /** Where given, layers that can hand it their weight's gradient as factors, and tfjs forms none. */
  readonly takeFactors?: TakeFactors;
}

/**
 * One forward pass of a model: its weights, draws and taps by name. Layers with weights of their own take it
 * and the name under which their weights lie. Call everything on it inside a `tidy`.
 */
export interface ForwardPass {
  readonly training: boolean;
  /** Sees every intermediate, where somebody looks. */
  readonly tap?: Tap;
  /** @throws Error if there is no such weight. */
  weight<T extends tf.Tensor>(name: string): T;
  has(name: string): boolean;
  /** Who takes the gradient of this weight as factors, if anybody does. */
  factorsOf(weight: string): ((factors: OuterProduct) => void) | undefined;
  /** A draw of the step, of this shape. @throws Error without a tape, TapeError for another shape. */
  draw(name: string, shape: readonly number[]): tf.Tensor;
  /** Show an intermediate to the tap, and pass it on. */
  see<T extends tf.Tensor>(name: string, tensor: T): T;
  /** x Wᵀ + b, b where the layer has one; tapped under `name`, the layer's own unless given. */
  linear(layer: string, input: tf.Tensor2D, name?: string): tf.Tensor2D;
  /** The same for inputs that need no gradient; the layer needs a bias. */
  linearOfData(layer: string, input: tf.Tensor2D, name?: string): tf.Tensor2D;
  /** LayerNorm over the last axis, tapped likewise. */
  layerNorm(layer: string, input: tf.Tensor2D, name?: string): tf.Tensor2D;
  /** Dropout with the mask `<name>` of the tape, tapped under it; in evaluation the input itself. */
  dropout<T extends tf.Tensor>(name: string, input: T, p: number): T;
  /** Alpha dropout, likewise. */
  alphaDropout<T extends tf.Tensor>(name: string, input: T, p: number): T;
}

/** @param model its name, for messages. */
export function openForwardPass(
  model: string,
  weights: Weights,
  { mode, tape, tap, takeFactors }: PassOptions,
): ForwardPass {
  const training = mode === 'training';
  const pass: ForwardPass = {
    training,
    ...(tap && { tap }),
    weight: <T extends tf.Tensor>(name: string): T => {
      const found = weights[name];
      if (!found) throw new Error(`${model}: no weight named ${name}`);
      return found as T;
    },
    has: (name) => name in weights,
    factorsOf: (weight) => takeFactors && ((factors) => takeFactors(weight, factors)),
    draw: (name, shape) => {
      if (!tape) throw new Error(`${model}: training needs a tape (draw ${name})`);
      return tape.read(name, shape);
    },
    see: (name, tensor) => {
      tap?.(name, tensor);
      return tensor;
    },
    linear: (layer, input, name = layer) => {
      const [weight, bias] = affine(layer);
      return pass.see(name, linear(input, weight, bias, pass.factorsOf(`${layer}.weight`)));
    },
    linearOfData: (layer, input, name = layer) => {
      const [weight, bias] = [
        pass.weight<tf.Tensor2D>(`${layer}.weight`),
        pass.weight<tf.Tensor1D>(`${layer}.bias`),
      ];
      return pass.see(name, linearOfData(input, weight, bias, pass.factorsOf(`${layer}.weight`)));
    },
    layerNorm: (layer, input, name = layer) =>
      pass.see(name, layerNorm(input, pass.weight(`${layer}.weight`), pass.weight(`${layer}.bias`))),
    dropout: (name, input, p) =>
      training ? pass.see(name, dropout(input, pass.draw(name, input.shape), p)) : input,
    alphaDropout: (name, input, p) =>
      training ? pass.see(name, alphaDropout(input, pass.draw(name, input.shape), p)) : input,
  };
  return pass;

  function affine(layer: string): [tf.Tensor2D, tf.Tensor1D?] {
    const weight = pass.weight<tf.Tensor2D>(`${layer}.weight`);
    return pass.has(`${layer}.bias`) ? [weight, pass.weight<tf.Tensor1D>(`${layer}.bias`)] : [weight];
  }
}
