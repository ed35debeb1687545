import {
  crossAttention,
  gelu,
  meanOver,
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
import type { MlpWsiConfig } from './config.js';

const DROPOUT = 0.25;
const HEADS = 2;

/**
 * MLPWSI: one token of all genes, g = Drop(ReLU(W_g x + b_g)), and patch tokens h_j = ReLU(W_p p_j + b_p) meet in
 * SurvPath's attention, here with two heads: g looks at everything, patches at g. A feed-forward and a
 * LayerNorm follow; the mean over all tokens gives the logits.
 *
 * Looking at a single key, every patch takes over the value of g whatever it shows: slides enter through the
 * one row of g among all that are averaged.
 *
 * @source mahmoodlab/SurvPath@3f73ddd, models/model_MLPWSI.py.
 */
export function mlpWsi({ genePositions, width }: MlpWsiConfig): BackboneModel {
  const positions = tf.keep(tf.tensor1d([...genePositions], 'int32'));

  function draws(patches: number): Draw[] {
    return [
      { name: 'genes.dropout', kind: 'keep', shape: [1, width], p: DROPOUT },
      { name: 'feedForward.dropout', kind: 'keep', shape: [1 + patches, width], p: DROPOUT },
    ];
  }

  function forward({ genes, patches }: CaseInput, weights: Weights, options: ForwardOptions): Output {
    return tf.tidy(() => {
      const pass = openForwardPass('mlpwsi', weights, options);
      const linear = pass.linearOfData('wsi_projection_net.0', patches, 'patches.linear');
      const patchTokens = pass.see('patches.relu', relu(linear)); // [patches, width]
      const geneToken = projectGenes(pass, genes); // [1, width]
      // The plug-in point: after both projections, before the fusion.
      const bags = plugIn({ weak: geneToken, strong: patchTokens }, options);
      const tokens = tf.concat<tf.Tensor2D>([bags.weak, bags.strong]); // [1 + patches, width]

      const attended = attention(pass, pass.layerNorm('cross_attender.norm', tokens, 'attention.norm'));
      const embedding = pass.layerNorm('layer_norm', feedForward(pass, attended), 'norm');
      const pooled = pass.see('pooled', meanOver<tf.Tensor2D>(embedding, 0, true)); // [1, width]
      const hidden = pass.see('head.relu', relu(pass.linear('to_logits.0', pooled, 'head.hidden'))); // [1, width / 4]
      return { logits: pass.linear('to_logits.2', hidden, 'logits') }; // [1, bins]
    }) as Output;
  }

  function projectGenes(pass: ForwardPass, genes: tf.Tensor1D): tf.Tensor2D {
    const expression = tf.expandDims<tf.Tensor2D>(tf.gather(genes, positions)); // [1, genes]
    const linear = pass.linearOfData('omic_projection_net.0', expression, 'genes.linear');
    return pass.dropout('genes.dropout', pass.see('genes.relu', relu(linear)), DROPOUT);
  }

  function attention(pass: ForwardPass, tokens: tf.Tensor2D): tf.Tensor2D {
    const qkv = pass.linear('cross_attender.attn.to_qkv', tokens, 'attention.qkv'); // [tokens, 3 width]
    const parts = tf.split(qkv, 3 * HEADS, 1) as tf.Tensor2D[]; // each [tokens, width / heads]
    const outputs = Array.from({ length: HEADS }, (_, head) => {
      const [query, key, value] = [0, 1, 2].map((part) => parts[part * HEADS + head]!);
      const scaled = tf.mul<tf.Tensor2D>(query!, (width / HEADS) ** -0.5);
      const tap = (name: string, tensor: tf.Tensor) => pass.see(name.replace('.', `.${head}.`), tensor);
      return crossAttention(scaled, key!, value!, 1, pass.tap && tap);
    });
    return pass.see('attention.out', tf.concat(outputs, 1)); // [tokens, width]
  }

  function feedForward(pass: ForwardPass, tokens: tf.Tensor2D): tf.Tensor2D {
    const normal = pass.layerNorm('feed_forward.norm', tokens, 'feedForward.norm');
    const hidden = pass.linear('feed_forward.net.0', normal, 'feedForward.hidden');
    const activated = pass.see('feedForward.gelu', gelu(hidden));
    const dropped = pass.dropout('feedForward.dropout', activated, DROPOUT);
    return pass.linear('feed_forward.net.3', dropped, 'feedForward.out');
  }

  return {
    draws,
    plugIn: (patches) => ({ weak: 1, strong: patches, width }),
    forward,
    dispose: () => positions.dispose(),
  };
}
