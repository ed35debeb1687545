import {
  bilinearFusion,
  bilinearFusionDraws,
  gatedAttentionDraws,
  gatedAttentionPooling,
  openForwardPass,
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
import { fusionOptions, fusionWidths, type PorpoiseConfig } from './config.js';

/** Of every dropout, alpha dropout included. */
const DROPOUT = 0.25;

/**
 * PORPOISE's multimodal fusion: patch tokens h_j = Drop(ReLU(W p_j + b)) are pooled by gated attention and go
 * through Drop(ReLU(W · + b)); all genes through two self-normalising blocks; bilinear fusion makes one vector of
 * both, whose linear map is the logits.
 *
 * @source Chen et al. 2022, Cancer Cell; mahmoodlab/PORPOISE@3390dc4, models/model_porpoise.py, `PorpoiseMMF`.
 */
export function porpoise(config: PorpoiseConfig): BackboneModel {
  const { tokenWidth, width } = config;
  const read = tf.keep(tf.tensor1d([...config.genes], 'int32'));

  function draws(patches: number): Draw[] {
    const keep = (name: string, shape: readonly number[]): Draw => ({
      name,
      kind: 'keep',
      shape,
      p: DROPOUT,
    });
    return [
      keep('patches.dropout', [patches, tokenWidth]),
      ...gatedAttentionDraws(patches, width),
      keep('rho.dropout', [1, width]),
      keep('genes.0.dropout', [1, width]),
      keep('genes.1.dropout', [1, width]),
      ...bilinearFusionDraws(fusionWidths(config), fusionOptions(config)),
    ];
  }

  function forward({ genes, patches }: CaseInput, weights: Weights, options: ForwardOptions): Output {
    return tf.tidy(() => {
      const pass = openForwardPass('porpoise', weights, options);
      const patchTokens = tf.tidy(() => {
        const projected = relu(pass.linearOfData('attention_net.0', patches, 'patches.linear'));
        return pass.dropout('patches.dropout', projected, DROPOUT);
      }); // [patches, tokenWidth]
      const geneToken = geneNetwork(pass, tf.gather(genes, read)); // [1, width]
      // The plug-in point: before the patches are pooled.
      const bags = plugIn({ weak: geneToken, strong: patchTokens }, options);
      const pooled = gatedAttentionPooling(pass, 'attention_net.3', bags.strong); // [1, tokenWidth]
      const rho = pass.dropout('rho.dropout', relu(pass.linear('rho.0', pooled, 'rho')), DROPOUT);
      const fused = bilinearFusion(pass, 'mm', rho, bags.weak, fusionOptions(config)); // [1, width]
      return { logits: pass.linear('classifier_mm', fused, 'logits') }; // [1, bins]
    }) as Output;
  }

  function geneNetwork(pass: ForwardPass, genes: tf.Tensor1D): tf.Tensor2D {
    const data = tf.reshape<tf.Rank.R2>(genes, [1, config.genes.length]);
    const first = tf.elu(pass.linearOfData('fc_omic.0.0', data, 'genes.0.linear'));
    const hidden = pass.alphaDropout('genes.0.dropout', first, DROPOUT);
    const second = tf.elu(pass.linear('fc_omic.1.0', hidden, 'genes.1.linear'));
    return pass.alphaDropout('genes.1.dropout', second, DROPOUT);
  }

  return {
    draws,
    plugIn: (patches) => ({ weak: 1, strong: patches, width, strongWidth: tokenWidth, weakIsVector: true }),
    forward,
    dispose: () => read.dispose(),
  };
}
