import {
  coAttention,
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
  type TokenBags,
} from '@concord/backbone';
import * as tf from '@tensorflow/tfjs-core';
import type { McatConfig } from './config.js';
import { summarise, summariseDraws } from './tower.js';

const DROPOUT = 0.25;

/** How the modalities meet: one row of patch content for each gene token, [groups, width]. */
export type Meeting = (pass: ForwardPass, bags: TokenBags) => tf.Tensor2D;

/**
 * MCAT: gene tokens g_i = SNN_i(x_i) look at patch tokens h_j = Drop(ReLU(W p_j + b)) by co-attention; what
 * they saw and the gene tokens themselves go through a Transformer each, gated attention pooling and a layer ρ;
 * both vectors, side by side, through two layers to the logits.
 *
 * @source Chen et al. 2021, ICCV; mahmoodlab/MCAT@b9cca63, models/model_coattn.py.
 */
export function mcat(config: McatConfig): BackboneModel {
  return meetingModel('mcat', config, (pass, { weak, strong }) => coAttention(pass, 'coattn', weak, strong));
}

/** MCAT with another meeting of the modalities. @param name of the model, for messages. */
export function meetingModel(name: string, config: McatConfig, meet: Meeting): BackboneModel {
  const layout = pathwayLayout(config.pathwaySizes);
  const { width } = config;
  const groups = layout.pathways;

  function draws(patches: number): Draw[] {
    return [
      { name: 'patches.dropout', kind: 'keep', shape: [patches, width], p: DROPOUT },
      ...pathwayNetworkDraws(groups, [width, width]),
      ...summariseDraws('path', groups, config),
      ...summariseDraws('omic', groups, config),
    ];
  }

  function forward({ genes, patches }: CaseInput, weights: Weights, options: ForwardOptions): Output {
    return tf.tidy(() => {
      const pass = openForwardPass(name, weights, options);
      const projected = relu(pass.linearOfData('wsi_net.0', patches, 'patches.linear'));
      const patchTokens = pass.dropout('patches.dropout', projected, DROPOUT); // [patches, width]
      const geneTokens = pathwayNetworks(pass, layout, genes); // [groups, width]
      // The plug-in point: before the modalities meet. The gene tokens go on to their own Transformer.
      const bags = plugIn({ weak: geneTokens, strong: patchTokens }, options);
      const seen = meet(pass, bags); // [groups, width]
      const both = tf.concat2d([summarise(pass, 'path', seen), summarise(pass, 'omic', bags.weak)], 1);
      const fused = relu(pass.linear('mm.0', both, 'fusion.0')); // [1, width]
      const head = relu(pass.linear('mm.2', fused, 'fusion.2')); // [1, width]
      return { logits: pass.linear('classifier', head, 'logits') }; // [1, bins]
    }) as Output;
  }

  return {
    draws,
    plugIn: (patches) => ({ weak: groups, strong: patches, width }),
    forward,
    dispose: () => layout.dispose(),
  };
}
