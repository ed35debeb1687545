import * as tf from '@tensorflow/tfjs-core';

/** A forward pass that knows its own gradient. */
export interface Differentiable {
  readonly value: tf.Tensor;
  /** From the gradient at the value, and what was saved, to one gradient for each input. */
  readonly gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor | tf.Tensor[];
}

/**
 * `tf.customGrad` with types: fewer, larger operations back than tfjs would chain by itself.
 *
 * @param forward computes the value from `inputs` and calls `save` with what the gradient needs.
 */
export function withGradient<Inputs extends tf.Tensor[], Output extends tf.Tensor>(
  forward: (save: (tensors: tf.Tensor[]) => void, ...inputs: Inputs) => Differentiable,
): (...inputs: Inputs) => Output {
  const wrapped = tf.customGrad((...args: unknown[]) => {
    const save = args.pop() as (tensors: tf.Tensor[]) => void;
    const { value, gradFunc } = forward(save, ...(args as Inputs));
    // tfjs frees what a gradient leaves behind only when the whole step ends; freed at once, the memory is
    // still in the cache when the next operation asks for it.
    return { value, gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.tidy(() => gradFunc(dy, saved)) };
  });
  return wrapped as unknown as (...inputs: Inputs) => Output;
}
