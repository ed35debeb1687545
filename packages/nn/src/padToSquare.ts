import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from './shape.js';

/** How many tokens the smallest square holds that has room for `count`. */
export function squareOf(count: number): number {
  return Math.ceil(Math.sqrt(count)) ** 2;
}

/**
 * Tokens filled up to a square number by the first ones, once more.
 *
 * @param tokens [tokens, channels] float32, borrowed; at least one.
 * @returns [side², channels] float32, owned by the caller.
 * @source szc19990412/TransMIL@9d6aee5, models/TransMIL.py.
 */
export function padToSquare(tokens: tf.Tensor2D): tf.Tensor2D {
  const [count] = requireShape(tokens, ['tokens', 'channels'], 'padToSquare(tokens)');
  const missing = squareOf(count!) - count!;
  if (missing === 0) return tokens.clone();
  return tf.tidy(() => tf.concat<tf.Tensor2D>([tokens, tf.slice(tokens, [0, 0], [missing, -1])]));
}
