import * as tf from '@tensorflow/tfjs-core';

/** The channels of each token in rising order. */
export interface ChannelOrder {
  /** [batch, tokens, width] values, rising along the last axis. */
  readonly sorted: tf.Tensor3D;
  /** [batch · tokens, width] int32: the rank of each channel in its token, 0 for the smallest. */
  readonly ranks: tf.Tensor2D;
}

/**
 * Sort the channels of each token. Of equal channels the first comes first, as in a stable sort.
 *
 * @param tokens [batch, tokens, width], borrowed. @returns tensors owned by the caller's `tidy`.
 */
export function channelOrder(tokens: tf.Tensor3D): ChannelOrder {
  const [batch, count, width] = tokens.shape;
  const rows = tf.reshape(tokens, [batch * count, width]);
  const { values, indices } = tf.topk(tf.neg(rows), width);
  // The place of channel c among the sorted indices is its rank: sorting the permutation inverts it.
  const { indices: ranks } = tf.topk(tf.neg(indices), width);
  return { sorted: tf.reshape(tf.neg(values), [batch, count, width]), ranks: ranks as tf.Tensor2D };
}
