import * as tf from '@tensorflow/tfjs-core';
import { blockedMatMul } from './blockedMatMul.js';
import { requireShape } from './shape.js';
import { withGradient } from './withGradient.js';

/** Keys from which on their sum is taken in blocks: fewer are exact enough, and faster at once. */
const MANY = 256;

/**
 * softmax(q kᵀ) v for every head at once; the scaling is in the query.
 *
 * Its gradient is written out: Σⱼ aᵢⱼ daᵢⱼ is taken as dyᵢ·outᵢ, which spares passes over the weights.
 *
 * @param query [heads, rows, channels], @param key [heads, keys, channels], @param value [heads, keys, width]
 *   float32, borrowed.
 * @returns [heads, rows, width] float32, owned by the caller.
 * @throws ShapeError if the three do not fit.
 */
export function softAttention(query: tf.Tensor3D, key: tf.Tensor3D, value: tf.Tensor3D): tf.Tensor3D {
  const [heads, , channels] = requireShape(query, ['heads', 'rows', 'channels'], 'softAttention(query)');
  const [, keys] = requireShape(key, [heads!, 'keys', channels!], 'softAttention(key)');
  requireShape(value, [heads!, keys!, 'width'], 'softAttention(value)');
  return attend(query, key, value);
}

const attend = withGradient<[tf.Tensor3D, tf.Tensor3D, tf.Tensor3D], tf.Tensor3D>((save, q, k, v) => {
  const weights = tf.softmax(tf.matMul<tf.Tensor3D>(q, k, false, true));
  const out = v.shape[1] < MANY ? tf.matMul<tf.Tensor3D>(weights, v) : blockedMatMul(weights, v);
  save([q, k, v, weights, out]);
  return {
    value: out,
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [query, key, value, a, attended] = saved as tf.Tensor3D[];
      const dOut = dy as tf.Tensor3D;
      const along = tf.sum(tf.mul(dOut, attended!), 2, true);
      const dWeights = tf.matMul(dOut, value!, false, true);
      const dScores = tf.mul<tf.Tensor3D>(a!, tf.sub(dWeights, along));
      return [
        tf.matMul(dScores, key!),
        tf.matMul(dScores, query!, true, false),
        tf.matMul(a!, dOut, true, false),
      ];
    },
  };
});
