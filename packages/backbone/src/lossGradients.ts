import {
  denseGradient,
  freeAsUsed,
  type Gradient,
  type OuterProduct,
  type Parameters,
  type Weights,
} from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import type { BackboneModel } from './backbone.js';
import { trainingObjective, type LabelledPass, type ObjectiveOptions } from './objective.js';
import type { Protocol } from './protocol.js';

/** A micro-step's loss and gradients; owned by the caller. */
export type LossGradients = {
  readonly loss: tf.Scalar;
  /** One for each trained parameter, by name. */
  readonly gradients: Record<string, Gradient>;
};

/** How the gradients of a micro-step are taken. */
export interface GradientOptions extends Omit<ObjectiveOptions, 'mode' | 'takeFactors'> {
  /** Whether gradients may come as factors; they do for one pass without accumulation and L1. Default true. */
  readonly factors?: boolean;
  /** Called between the forward and the backward pass. */
  readonly afterForward?: () => void;
}

/**
 * The gradients of `trainingObjective` at the values of `trained`. A weight that the loss does not depend on gets
 * zeros.
 *
 * @param frozen weights that the model reads and nobody trains, borrowed.
 */
export function lossGradients(
  model: BackboneModel,
  passes: readonly LabelledPass[],
  trained: Parameters,
  frozen: Weights,
  protocol: Pick<Protocol, 'loss' | 'accumulate' | 'l1'>,
  { factors = true, afterForward, ...options }: GradientOptions = {},
): LossGradients {
  const taken = new Map<string, OuterProduct[]>();
  const whole = factors && passes.length === 1 && protocol.accumulate === 1 && !protocol.l1;
  const { names } = trained;
  const take = (name: string, product: OuterProduct): void => {
    if (names.includes(name)) taken.set(name, [...(taken.get(name) ?? []), product]);
    else tf.dispose(product);
  };
  return tf.tidy(() => {
    const values = trained.tensors();
    const forward = () => {
      const loss = trainingObjective(model, passes, { ...values, ...frozen }, protocol, {
        ...options,
        ...(whole && { takeFactors: take }),
      });
      freeAsUsed();
      afterForward?.();
      return loss;
    };
    const inputs = names.map((name) => values[name]!);
    const { value, grads } = tf.engine().gradients(forward, inputs, undefined, true);
    const gradientOf = (name: string, i: number): Gradient =>
      together([...(taken.get(name) ?? []), ...(grads[i] ? [grads[i]] : [])]) ?? tf.zerosLike(inputs[i]!);
    return {
      loss: value as tf.Scalar,
      gradients: Object.fromEntries(names.map((name, i) => [name, gradientOf(name, i)])),
    };
  });
}

/** A weight that is used in several places has several gradients, whose sum is no outer product. */
function together(parts: readonly Gradient[]): Gradient | undefined {
  if (parts.length < 2) return parts[0];
  const sum = tf.addN(parts.map(denseGradient));
  tf.dispose(parts.filter((part) => !(part instanceof tf.Tensor)));
  return sum;
}
