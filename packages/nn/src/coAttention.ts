import * as tf from '@tensorflow/tfjs-core';
import { blockedProduct } from './blockedProduct.js';
import type { ForwardPass } from './forwardPass.js';
import { linear } from './linear.js';
import { matrixProduct } from './matrixProduct.js';
import { scaled } from './scaled.js';
import { requireShape } from './shape.js';
import { withGradient } from './withGradient.js';

/**
 * Co-attention: tokens of one modality look at those of the other. A = softmax(Q Kᵀ / √width),
 * out = (A V) W_oᵀ + b_o; one head, no dropout.
 *
 * Where queries are the fewer, as gene tokens are, keys and values are never computed: Q Kᵀ = (Q W_k) Xᵀ + Q b_k
 * and A V = (A X) W_vᵀ + b_v, since rows of A sum to 1. Six queries instead of thousands of patches go through the
 * projections.
 *
 * Weights are `<layer>.in_proj_weight` [3 width, width] (query, key, value), `….in_proj_bias`, `….out_proj`;
 * taps `<name>.query`, `….scores` (before the softmax), `….weights`, `….out`.
 *
 * @param queries [queries, width], @param tokens [tokens, width] float32, borrowed.
 * @returns [queries, width] float32, owned by the caller's `tidy`.
 * @throws ShapeError if the widths differ.
 * @source mahmoodlab/MCAT@b9cca63, models/model_coattn.py, and FT-ZHOU-ZZZ/CMTA@31340f6, models/cmta/util.py:
 *   `MultiheadAttention` with one head.
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
  const unscaled = linear(queries, wq, bq);
  const query = pass.see(`${name}.query`, scaled(unscaled, width! ** -0.5));
  const attended = queries.shape[0] < tokens.shape[0] ? absorbed() : projected();
  return pass.linear(`${layer}.out_proj`, attended, `${name}.out`);

  function absorbed(): tf.Tensor2D {
    const look = tf.matMul<tf.Tensor2D>(query, wk); // [queries, width]
    const offset = tf.matMul<tf.Tensor2D>(query, tf.reshape(bk, [width!, 1])); // [queries, 1]
    return linear(attend(pass, name)(look, offset, tokens), wv, bv);
  }

  function projected(): tf.Tensor2D {
    return attendTo(pass, name)(query, linear(tokens, wk, bk), linear(tokens, wv, bv));
  }
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

/** softmax(Q Kᵀ) V. */
function attendTo(pass: ForwardPass, name: string) {
  return withGradient<[tf.Tensor2D, tf.Tensor2D, tf.Tensor2D], tf.Tensor2D>((save, query, key, value) => {
    const scores = pass.see(`${name}.scores`, matrixProduct(query, key, false, true));
    const weights = pass.see(`${name}.weights`, tf.softmax(scores));
    save([query, key, value, weights]);
    return {
      value: matrixProduct(weights, value),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [q, k, v, a] = saved as [...Three<tf.Tensor2D>, tf.Tensor2D];
        const dOut = dy as tf.Tensor2D;
        const dWeights = matrixProduct(dOut, v, false, true);
        const along = tf.sum(tf.mul(a, dWeights), 1, true);
        const dScores = tf.mul<tf.Tensor2D>(a, tf.sub(dWeights, along));
        return [matrixProduct(dScores, k), blockedProduct(dScores, q), blockedProduct(a, dOut)];
      },
    };
  });
}
