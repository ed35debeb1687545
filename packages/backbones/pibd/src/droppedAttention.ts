import { dropout, withGradient, type ForwardPass } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';

/** What attends, to what, [bags, heads, tokens, channels] each. */
export type Attending = [query: tf.Tensor4D, key: tf.Tensor4D, value: tf.Tensor4D];

/**
 * Drop(softmax(q kᵀ / √channels)) v for every head of every bag. Taps `<name>`, the weights, and, in training,
 * `<name>.dropout`, the weights that are left.
 *
 * Its gradient is written out: it keeps the weights once, where a chain of operations keeps them three times, and
 * takes Σⱼ aᵢⱼ daᵢⱼ as dyᵢ · outᵢ, which dropout between them leaves true.
 *
 * @param inputs float32, borrowed.
 * @returns [bags, heads, queries, channels] float32, owned by the caller.
 */
export function droppedAttention(pass: ForwardPass, name: string, inputs: Attending, p: number): tf.Tensor4D {
  const channels = inputs[0].shape[3];
  const scale = channels ** -0.5;
  const layer = withGradient<Attending, tf.Tensor4D>((save, query, key, value) => {
    const asked = tf.mul<tf.Tensor4D>(query, scale);
    const weights = pass.see(name, tf.softmax(tf.matMul<tf.Tensor4D>(asked, key, false, true)));
    const kept = pass.training ? pass.draw(`${name}.dropout`, weights.shape) : undefined;
    const drop = (x: tf.Tensor4D, mask?: tf.Tensor): tf.Tensor4D => (mask ? dropout(x, mask, p) : x);
    const left = drop(weights, kept);
    if (kept) pass.see(`${name}.dropout`, left);
    const out = tf.matMul<tf.Tensor4D>(left, value);
    save([asked, key, value, weights, out, ...(kept ? [kept] : [])]);
    return {
      value: out,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [q, k, v, a, attended, mask] = saved as [...Attending, tf.Tensor4D, tf.Tensor4D, tf.Tensor?];
        const dOut = dy as tf.Tensor4D;
        const dValue = tf.matMul(drop(a, mask), dOut, true, false);
        const dWeights = drop(tf.matMul(dOut, v, false, true), mask);
        const along = tf.sum(tf.mul(dOut, attended), 3, true);
        const dScores = tf.mul<tf.Tensor4D>(a, tf.sub(dWeights, along));
        return [tf.mul(tf.matMul(dScores, k), scale), tf.matMul(dScores, q, true, false), dValue];
      },
    };
  });
  return layer(...inputs);
}
