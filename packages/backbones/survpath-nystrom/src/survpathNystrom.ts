import {
  plugIn,
  type BackboneModel,
  type CaseInput,
  type ForwardOptions,
  type Output,
} from '@concord/backbone';
import {
  gelu,
  meanByModality,
  nystromAttention,
  openForwardPass,
  pathwayLayout,
  pathwayNetworkDraws,
  pathwayNetworks,
  relu,
  type Draw,
  type ForwardPass,
  type Weights,
} from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import type { SurvPathNystromConfig } from './config.js';

/** Dropout of the published feed-forward. */
const FEED_FORWARD_DROPOUT = 0.1;

/**
 * SurvPath with Nyström attention in place of its own: pathway tokens g_i = SNN_i(x_i) and patch tokens
 * h_j = W p_j + b attend to each other, T = Nyström([g; h]), all tokens alike and without a norm before it; a
 * feed-forward F = LN(W₂ gelu(W₁ LN(T))) follows; the means of both modalities give the logits.
 *
 * @source mahmoodlab/SurvPath@3f73ddd, models/model_SurvPath_with_nystrom.py.
 */
export function survpathNystrom(config: SurvPathNystromConfig): BackboneModel {
  const layout = pathwayLayout(config.pathwaySizes);
  const { width } = config;
  const { pathways } = layout;

  function draws(patches: number): Draw[] {
    const shape = [pathways + patches, width];
    return [
      ...pathwayNetworkDraws(pathways, [width, width]),
      { name: 'feedForward.dropout', kind: 'keep', shape, p: FEED_FORWARD_DROPOUT },
    ];
  }

  function forward({ genes, patches }: CaseInput, weights: Weights, options: ForwardOptions): Output {
    return tf.tidy(() => {
      const pass = openForwardPass('survpath-nystrom', weights, options);
      const pathwayTokens = pathwayNetworks(pass, layout, genes); // [pathways, width]
      const patchTokens = pass.linearOfData('wsi_projection_net.0', patches, 'patches.linear'); // [patches, width]
      // The plug-in point: after both projections, before the fusion.
      const bags = plugIn({ weak: pathwayTokens, strong: patchTokens }, options);
      const tokens = tf.concat<tf.Tensor2D>([bags.weak, bags.strong]); // [tokens, width]

      const attended = nystromAttention(pass, 'cross_attender', tokens, config.attention, 'attention');
      const embedding = pass.layerNorm('layer_norm', feedForward(pass, attended), 'norm'); // [tokens, width]
      const pooled = pass.see('pooled', meanByModality(embedding, pathways)); // [1, 2 width]
      const hidden = pass.see('head.relu', relu(pass.linear('to_logits.0', pooled, 'head.hidden'))); // [1, width / 4]
      return { logits: pass.linear('to_logits.2', hidden, 'logits') }; // [1, bins]
    }) as Output;
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
