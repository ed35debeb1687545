import {
  crossAttention,
  gelu,
  meanByModality,
  openForwardPass,
  pathwayLayout,
  pathwayNetworkDraws,
  pathwayNetworks,
  relu,
  type Draw,
  type ForwardPass,
  type Weights,
} from '@concord/nn';
import {
  plugIn,
  type BackboneModel,
  type CaseInput,
  type ForwardOptions,
  type Output,
} from '@concord/backbone';
import * as tf from '@tensorflow/tfjs-core';
import type { SurvPathConfig } from './config.js';

/** Dropout of the published feed-forward; its attention accepts a rate too and never uses it. */
const FEED_FORWARD_DROPOUT = 0.1;

/**
 * SurvPath: pathway tokens g_i = SNN_i(x_i) and patch tokens h_j = W p_j + b meet in one attention where
 * pathways look at everything and patches at pathways; a feed-forward and a LayerNorm follow; the means of
 * both modalities give the logits.
 *
 * @source arXiv 2304.06819; mahmoodlab/SurvPath@3f73ddd, models/model_SurvPath.py.
 */
export function survpath(config: SurvPathConfig): BackboneModel {
  const layout = pathwayLayout(config.pathwaySizes);
  const { width } = config;
  const half = width / 2;
  const { pathways } = layout;

  function draws(patches: number): Draw[] {
    return [
      ...pathwayNetworkDraws(pathways, [width, width]),
      {
        name: 'feedForward.dropout',
        kind: 'keep',
        shape: [pathways + patches, half],
        p: FEED_FORWARD_DROPOUT,
      },
    ];
  }

  function forward({ genes, patches }: CaseInput, weights: Weights, options: ForwardOptions): Output {
    return tf.tidy(() => {
      const pass = openForwardPass('survpath', weights, options);
      const pathwayTokens = pathwayNetworks(pass, layout, genes); // [pathways, width]
      const patchTokens = pass.linearOfData('wsi_projection_net.0', patches, 'patches.linear'); // [patches, width]
      // The plug-in point: after both projections, before the fusion.
      const bags = plugIn({ weak: pathwayTokens, strong: patchTokens }, options);
      const tokens = tf.concat<tf.Tensor2D>([bags.weak, bags.strong]); // [tokens, width]

      const attended = attention(pass, pass.layerNorm('cross_attender.norm', tokens, 'attention.norm')); // [tokens, half]
      const embedding = pass.layerNorm('layer_norm', feedForward(pass, attended), 'norm'); // [tokens, half]
      const pooled = pass.see('pooled', meanByModality(embedding, pathways)); // [1, width]
      const hidden = pass.see('head.relu', relu(pass.linear('to_logits.0', pooled, 'head.hidden'))); // [1, width / 4]
      return { logits: pass.linear('to_logits.2', hidden, 'logits') }; // [1, bins]
    }) as Output;
  }

  function attention(pass: ForwardPass, tokens: tf.Tensor2D): tf.Tensor2D {
    const qkv = pass.linear('cross_attender.attn.to_qkv', tokens, 'attention.qkv'); // [tokens, 3 half]
    const [q, key, value] = tf.split(qkv, 3, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
    const query = pass.see('attention.q', tf.mul(q, half ** -0.5) as tf.Tensor2D); // [tokens, half]
    pass.see('attention.k', key);
    pass.see('attention.v', value);
    return pass.see('attention.out', crossAttention(query, key, value, pathways, pass.tap));
  }

  function feedForward(pass: ForwardPass, tokens: tf.Tensor2D): tf.Tensor2D {
    const normal = pass.layerNorm('feed_forward.norm', tokens, 'feedForward.norm');
    const hidden = pass.linear('feed_forward.net.0', normal, 'feedForward.hidden');
    const activated = pass.see('feedForward.gelu', gelu(hidden));
    const dropped = pass.dropout('feedForward.dropout', activated, FEED_FORWARD_DROPOUT);
    return pass.linear('feed_forward.net.3', dropped, 'feedForward.out');
  }

  return {
    draws,
    plugIn: (patches) => ({ weak: pathways, strong: patches, width }),
    forward,
    dispose: () => layout.dispose(),
  };
}
