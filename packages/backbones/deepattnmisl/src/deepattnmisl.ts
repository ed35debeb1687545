import {
  linearOfData,
  openForwardPass,
  relu,
  withGradient,
  type Draw,
  type ForwardPass,
  type Weights,
} from '@concord/nn';
import {
  plugInOne,
  type BackboneModel,
  type CaseInput,
  type ForwardOptions,
  type Output,
} from '@concord/backbone';
import * as tf from '@tensorflow/tfjs-core';
import { clusterMembership } from './clusterMembership.js';
import type { DeepAttnMislConfig } from './config.js';

const DROPOUT = 0.5;

/**
 * DeepAttnMISL: patches h_i = ReLU(W x_i + b) are averaged within each k-means cluster; clusters are averaged
 * by attention, a_c = softmax of w tanh(V h_c) over clusters that have patches; and the log-risk is
 * η = w₂ Drop(ReLU(W₁ Σ a_c h_c + b₁)) + b₂.
 *
 * An empty cluster is a single patch of zeros, as the published loader fills it in, with a weight of exactly 0.
 *
 * @source doi 10.1016/j.media.2020.101789; uta-smile/DeepAttnMISL@d7099ed, DeepAttnMISL_model.py.
 */
export function deepAttnMisl({ width, clusters: count }: DeepAttnMislConfig): BackboneModel {
  const half = width / 2;

  function forward({ patches, clusters }: CaseInput, weights: Weights, options: ForwardOptions): Output {
    if (!clusters) throw new Error('deepattnmisl: the case has no clusters; give one for each patch');
    return tf.tidy(() => {
      const pass = openForwardPass('deepattnmisl', weights, options);
      const embedded = embed(pass, patches); // [patches, width]
      // The plug-in point: embedded patches, before they are averaged.
      const tokens = plugInOne('strong', embedded, options);
      const { shares, empty } = clusterMembership(clusters, count, patches.shape[0]);
      const nothing: tf.Tensor2D = tf.reshape(relu(pass.weight<tf.Tensor1D>('embedding_net.0.bias')), [
        1,
        width,
      ]);
      const means = tf.add<tf.Tensor2D>(tf.matMul(shares, tokens), tf.mul(empty, nothing));
      const pooled = attention(pass, pass.see('clusters', means), empty); // [1, width]
      const hidden = pass.see('head.relu', relu(pass.linear('fc6.0', pooled, 'head.hidden')));
      const dropped = pass.dropout('head.dropout', hidden, DROPOUT); // [1, width / 2]
      const product = tf.matMul(dropped, pass.weight<tf.Tensor2D>('fc6.3.weight'), false, true);
      return { logits: pass.see('logits', tf.add(product, unseen(pass.weight('fc6.3.bias')))) }; // [1, 1]
    }) as Output;
  }

  function embed(pass: ForwardPass, patches: tf.Tensor2D): tf.Tensor2D {
    const kernel = pass.weight<tf.Tensor4D>('embedding_net.0.weight');
    const matrix: tf.Tensor2D = tf.reshape(kernel, [width, patches.shape[1]]);
    const bias = pass.weight<tf.Tensor1D>('embedding_net.0.bias');
    const linear = linearOfData(patches, matrix, bias);
    return pass.see('patches.relu', relu(pass.see('patches.linear', linear)));
  }

  function attention(pass: ForwardPass, means: tf.Tensor2D, empty: tf.Tensor2D): tf.Tensor2D {
    const hidden = pass.see('attention.tanh', tf.tanh(pass.linear('attention.0', means, 'attention.hidden')));
    const weights = softmax(pass, empty)(
      hidden,
      pass.weight('attention.2.weight'),
      pass.weight('attention.2.bias'),
    ); // [1, clusters]
    return pass.see('pooled', tf.matMul<tf.Tensor2D>(weights, means));
  }

  return {
    draws: (): Draw[] => [{ name: 'head.dropout', kind: 'keep', shape: [1, half], p: DROPOUT }],
    plugIn: (patches) => ({ strong: patches, width }),
    forward,
    dispose: () => undefined,
  };
}

/** Losses of log-risks see their differences only: a shift of all of them gets no gradient, not even rounding. */
const unseen = withGradient<[tf.Tensor1D], tf.Tensor1D>((_save, bias) => ({
  value: tf.clone(bias),
  gradFunc: (dy) => tf.zerosLike(dy),
}));

/**
 * Softmax over the clusters that are not empty, of scores w h + b. It does not see b, whose gradient is 0:
 * exactly here, where torch's rounding leaves numbers.
 *
 * @param empty [clusters, 1].
 */
function softmax(pass: ForwardPass, empty: tf.Tensor2D) {
  type Inputs = [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
  return withGradient<Inputs, tf.Tensor2D>((save, hidden, weight, bias) => {
    const scores = pass.see('attention.scores', tf.add(tf.matMul(hidden, weight, false, true), bias)); // [clusters, 1]
    const masked = tf.where(tf.cast(empty, 'bool'), -Infinity, scores);
    const weights = pass.see('attention.weights', tf.softmax(tf.transpose(masked))); // [1, clusters]
    save([hidden, weight, weights]);
    return {
      value: weights,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [h, w, a] = saved as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
        const centred = tf.sub(dy, tf.sum(tf.mul(dy, a), 1, true));
        const dScores: tf.Tensor2D = tf.mul(a, centred); // [1, clusters]
        return [tf.matMul(dScores, w, true, false), tf.matMul(dScores, h), tf.zeros([1])];
      },
    };
  });
}
