import * as tf from '@tensorflow/tfjs-core';
import type { ForwardPass } from './forwardPass.js';
import { linear } from './linear.js';
import { matrixProduct } from './matrixProduct.js';
import { requireShape } from './shape.js';
import { withGradient } from './withGradient.js';

/**
 * MCAT's co-attention: a few gene tokens look at many patches. A = softmax(Q Kᵀ / √width), out = (A V) W_oᵀ + b_o;
 * one head, no dropout.
 *
 * Keys and values are never computed: Q Kᵀ = (Q W_k) Xᵀ + Q b_k and A V = (A X) W_vᵀ + b_v, since rows of A sum
 * to 1. Six queries instead of thousands of patches go through the projections.
 *
 * Weights are `<layer>.in_proj_weight` [3 width, width] (query, key, value), `….in_proj_bias`, `….out_proj`;
 * taps `<name>.query`, `….scores` (before the softmax), `….weights`, `….out`.
 *
 * @param queries [queries, width], @param tokens [tokens, width] float32, borrowed.
 * @returns [queries, width] float32, owned by the caller's `tidy`.
 * @throws ShapeError if the widths differ.
 * @source mahmoodlab/MCAT@b9cca63, models/model_coattn.py, `MultiheadAttention` with one head.
 */
export function coAttention(
  pass: ForwardPass,
  layer: string,
  queries: tf.Tensor2D,
  tokens: tf.Tensor2D,
  name = 'coattention',
): tf.Tensor2D {
  const [, width] = requireShape(queries, ['queries', 'width'], 'coAttention(queries)');
  requireShape(tokens, ['tokens', width!], 'coAttention(tokens)');
  const [wq, wk, wv] = tf.split(pass.weight(`${layer}.in_proj_weight`), 3) as Three<tf.Tensor2D>;
  const [bq, bk, bv] = tf.split(pass.weight(`${layer}.in_proj_bias`), 3) as Three<tf.Tensor1D>;
  const projected = linear(queries, wq, bq);
  const query = pass.see(`${name}.query`, tf.mul<tf.Tensor2D>(projected, width! ** -0.5));
  const look = tf.matMul<tf.Tensor2D>(query, wk); // [queries, width]
  const offset = tf.matMul<tf.Tensor2D>(query, tf.reshape(bk, [width!, 1])); // [queries, 1]
  const mixed = attend(pass, name)(look, offset, tokens); // [queries, width]
  return pass.linear(`${layer}.out_proj`, linear(mixed, wv, bv), `${name}.out`);
}

type Three<T> = [T, T, T];

/** softmax(L Xᵀ + o) X. Back, the tokens' two gradients are one product. */
function attend(pass: ForwardPass, name: string) {
  return withGradient<[tf.Tensor2D, tf.Tensor2D, tf.Tensor2D], tf.Tensor2D>((save, look, offset, tokens) => {
    const scores = tf.add<tf.Tensor2D>(matrixProduct(look, tokens, false, true), offset);
    const weights = tf.softmax(pass.see(`${name}.scores`, scores));
    const mixed = matrixProduct(pass.see(`${name}.weights`, weights), tokens);
    save([look, tokens, weights]);
    return {
      value: mixed,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [l, x, a] = saved as Three<tf.Tensor2D>;
        const dMixed = dy as tf.Tensor2D;
        const dWeights = matrixProduct(dMixed, x, false, true);
        const along = tf.sum(tf.mul(a, dWeights), 1, true);
        const dScores = tf.mul<tf.Tensor2D>(a, tf.sub(dWeights, along));
        const dTokens = matrixProduct(tf.concat2d([a, dScores], 0), tf.concat2d([dMixed, l], 0), true, false);
        // Softmax does not see the offset, and so not the keys' bias: 0 exactly, where rounding would be trained.
        return [matrixProduct(dScores, x), tf.zeros([l.shape[0], 1]), dTokens];
      },
    };
  });
}
