import { openForwardPass, selfNormalisingDraws, selfNormalisingNetwork, type Weights } from '@concord/nn';
import {
  plugInNone,
  type BackboneModel,
  type CaseInput,
  type ForwardOptions,
  type Output,
} from '@concord/backbone';
import * as tf from '@tensorflow/tfjs-core';
import type { SnnOmicsConfig } from './config.js';

/**
 * SNNOmics: two self-normalising blocks over all genes at once, h ↦ AlphaDropout(ELU(W h + b)), and a Linear.
 *
 * It takes no module: its genes are one vector, which as tokens of width 1 would have no statistics.
 *
 * @source arXiv 1706.02515; mahmoodlab/SurvPath@3f73ddd, models/model_SNNOmics.py.
 */
export function snnOmics({ genePositions, width }: SnnOmicsConfig): BackboneModel {
  const positions = tf.keep(tf.tensor1d([...genePositions], 'int32'));

  function forward({ genes }: CaseInput, weights: Weights, options: ForwardOptions): Output {
    plugInNone(options);
    return tf.tidy(() => {
      const pass = openForwardPass('snnomics', weights, options);
      const expression = tf.expandDims<tf.Tensor2D>(tf.gather(genes, positions)); // [1, genes]
      const hidden = selfNormalisingNetwork(pass, 'fc_omic', expression); // [1, width]
      return { logits: pass.linear('classifier', hidden, 'logits') }; // [1, bins]
    }) as Output;
  }

  return {
    draws: () => selfNormalisingDraws([width, width]),
    plugIn: () => ({ width: 0 }),
    forward,
    dispose: () => positions.dispose(),
  };
}
