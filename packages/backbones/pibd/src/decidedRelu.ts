import type { ForwardPass, TapeReader } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';

/**
 * ReLU whose openings are a decision on the tape. Where few rows carry a whole term of the loss, a unit that two
 * stacks open differently, because it is within rounding of zero, parts them visibly from the next step on.
 *
 * @param name of what goes in; the decision is `<name>.active`.
 * @param input [rows, units] float32, borrowed.
 */
export function decidedRelu(
  pass: ForwardPass,
  tape: TapeReader | undefined,
  name: string,
  input: tf.Tensor2D,
): tf.Tensor2D {
  const open = Uint8Array.from(input.dataSync(), (value) => (value > 0 ? 1 : 0));
  tape?.decide(`${name}.active`, open, input.shape);
  const active = tf.tensor2d(Float32Array.from(open), input.shape);
  return tf.mul(input, pass.see(`${name}.active`, active));
}
