import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from './shape.js';
import type { Tap } from './tap.js';
import { withGradient } from './withGradient.js';

/** How tokens attend to each other. */
export interface MultiHeadOptions {
  /** Divides the width. */
  readonly heads: number;
  /** [heads, tokens, tokens] float32, borrowed: 0 where a weight is dropped, else 1/(1 − p). */
  readonly kept?: tf.Tensor3D;
  /** Sees `attention.weights` [heads, tokens, tokens], and `attention.dropout` after dropout. */
  readonly tap?: Tap;
}

type Matrix = tf.Tensor3D;

/**
 * Self-attention of every head, before the projection of its output: softmax(Q Kᵀ / √(width / heads)) V.
 *
 * @param projected [tokens, 3 width] float32, borrowed: query, key and value of every head, as torch packs them.
 * @returns [tokens, width] float32, owned by the caller.
 * @throws ShapeError if the heads do not divide the width, or the mask has another shape.
 * @source torch.nn.MultiheadAttention.
 */
export function multiHeadAttention(
  projected: tf.Tensor2D,
  { heads, kept, tap }: MultiHeadOptions,
): tf.Tensor2D {
  const [count, triple] = requireShape(projected, ['tokens', '3 width'], 'multiHeadAttention(projected)');
  const channels = triple! / 3 / heads;
  requireShape({ shape: [triple!] }, [3 * heads * Math.floor(channels)], 'multiHeadAttention(3 width)');
  if (kept) requireShape(kept, [heads, count!, count!], 'multiHeadAttention(kept)');
  const tokens = count!;
  const scale = channels ** -0.5;

  const layer = withGradient<[tf.Tensor2D], tf.Tensor2D>((save, packed) => {
    const byHead = tf.transpose(tf.reshape(packed, [tokens, 3, heads, channels]), [1, 2, 0, 3]);
    const [query, key, value] = tf.unstack(byHead) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
    const weights = tf.softmax(tf.mul<tf.Tensor3D>(tf.matMul(query, key, false, true), scale));
    tap?.('attention.weights', weights);
    const dropped = kept ? tf.mul<tf.Tensor3D>(weights, kept) : weights;
    if (kept) tap?.('attention.dropout', dropped);
    save([query, key, value, weights, dropped, ...(kept ? [kept] : [])]);
    return {
      value: tf.reshape(tf.transpose(tf.matMul(dropped, value), [1, 0, 2]), [tokens, heads * channels]),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [q, k, v, a, d, mask] = saved as [Matrix, Matrix, Matrix, Matrix, Matrix, Matrix?];
        const dOut = tf.transpose(tf.reshape(dy, [tokens, heads, channels]), [1, 0, 2]);
        const dDropped = tf.matMul(dOut, v, false, true);
        const dWeights = mask ? tf.mul(dDropped, mask) : dDropped;
        const along = tf.sum(tf.mul(dWeights, a), 2, true);
        const dScores = tf.mul<tf.Tensor3D>(tf.mul(a, tf.sub(dWeights, along)), scale);
        // Rows of the scores' gradient sum to 0, so that what all keys share has no part in it: counted from
        // the first key, nearly equal tokens leave no rounding of large numbers behind.
        const fromFirst = tf.sub<tf.Tensor3D>(k, tf.slice(k, [0, 0, 0], [-1, 1, -1]));
        const back = tf.stack([
          tf.matMul(dScores, fromFirst),
          tf.matMul(dScores, q, true, false),
          tf.matMul(d, dOut, true, false),
        ]);
        return tf.reshape(tf.transpose(back, [2, 0, 1, 3]), [tokens, triple!]);
      },
    };
  });
  return layer(projected);
}
