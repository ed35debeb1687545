import type { Tap } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';

/** Mean and standard deviation of each token over its channels, [batch, tokens, 1]; constants to the gradient. */
export interface TokenStatistics {
  readonly mean: tf.Tensor3D;
  readonly deviation: tf.Tensor3D;
}

/**
 * μ and σ = √(unbiased variance + ε) of each token. `tf.moments` divides by n; the published class, like
 * `torch.var`, by n − 1.
 *
 * @param tokens [batch, tokens, width], width at least 2, borrowed.
 * @returns two tensors, owned by the caller's `tidy`.
 */
export function tokenStatistics(tokens: tf.Tensor3D, epsilon: number): TokenStatistics {
  const width = tokens.shape[2];
  const mean = tf.mean<tf.Tensor3D>(tokens, 2, true);
  const squares = tf.sum<tf.Tensor3D>(tf.squaredDifference(tokens, mean), 2, true);
  return { mean, deviation: tf.sqrt(tf.add<tf.Tensor3D>(tf.div(squares, width - 1), epsilon)) };
}

/** Show a pair of statistics, one number for each token. */
export function tapStatistics(
  tap: Tap | undefined,
  names: readonly [mean: string, deviation: string],
  { mean, deviation }: TokenStatistics,
): void {
  if (!tap) return;
  tf.tidy(() => {
    tap(names[0], flat(mean));
    tap(names[1], flat(deviation));
  });
}

/** [1, tokens, 1] → [tokens]; a larger batch keeps its axis. */
function flat(statistic: tf.Tensor3D): tf.Tensor {
  const [batch, tokens] = statistic.shape;
  return tf.reshape(statistic, batch === 1 ? [tokens] : [batch, tokens]);
}

/** Show a bag; [1, tokens, width] without its batch axis. */
export function tapBag(tap: Tap | undefined, name: string, bag: tf.Tensor3D): void {
  if (!tap) return;
  tf.tidy(() => tap(name, bag.shape[0] === 1 ? tf.squeeze(bag, [0]) : bag));
}
