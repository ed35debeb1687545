import * as tf from '@tensorflow/tfjs-core';
import { openForwardPass, type ForwardPass, type PassOptions, type Weights } from './forwardPass.js';
import type { Tap } from './tap.js';
import { TapeError, type TapeReader } from './tape.js';

/**
 * One forward pass of several cases at once. Every tensor on it is [rows, cases, width], or flat
 * [rows · cases, width]; a draw [rows, width] of each case is stacked to [rows, cases, width]. The tap sees the
 * first case's part, as it would see it alone: [rows, width].
 *
 * @param tapes of the cases, in their order; entries may be missing in evaluation.
 */
export function openBatchPass(
  model: string,
  weights: Weights,
  tapes: readonly (TapeReader | undefined)[],
  { mode, tap }: Omit<PassOptions, 'tape'>,
): ForwardPass {
  const given = tapes.filter((tape) => tape !== undefined);
  const complete = given.length === tapes.length;
  return openForwardPass(model, weights, {
    mode,
    ...(complete && { tape: stacked(given) }),
    ...(tap && { tap: tapFirst(tap, tapes.length) }),
  });
}

function stacked(tapes: readonly TapeReader[]): TapeReader {
  const first = tapes[0]!;
  return {
    read(name, shape) {
      const own = shape?.filter((_, axis) => axis !== 1);
      return tf.stack(
        tapes.map((tape) => tape.read(name, own)),
        1,
      );
    },
    values: (name) => {
      throw new TapeError(`draw ${name} of a batch is read as a tensor only`);
    },
    decide: (name, data, shape) => first.decide(name, data, shape),
  };
}

function tapFirst(tap: Tap, cases: number): Tap {
  return (name, tensor) => {
    tf.tidy(() => {
      const width = tensor.shape.at(-1)!;
      const rows = tf.reshape(tensor, [-1, cases, width]);
      tap(name, tf.squeeze(tf.slice(rows, [0, 0, 0], [-1, 1, -1]), [1]));
    });
  };
}
