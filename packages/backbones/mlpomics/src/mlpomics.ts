import { openForwardPass, relu, type ForwardPass, type Weights } from '@concord/nn';
import {
  plugInNone,
  type BackboneModel,
  type CaseInput,
  type ForwardOptions,
  type Output,
} from '@concord/backbone';
import * as tf from '@tensorflow/tfjs-core';
import type { MlpOmicsConfig } from './config.js';

const DROPOUT = 0.25;

/**
 * MLPOmics: two layers h ↦ Drop(ReLU(W h + b)) over all genes at once, and a Linear.
 *
 * It takes no module: its genes are one vector, which as tokens of width 1 would have no statistics.
 *
 * @source mahmoodlab/SurvPath@3f73ddd, models/model_MLPOmics.py.
 */
export function mlpOmics({ genePositions, width }: MlpOmicsConfig): BackboneModel {
  const positions = tf.keep(tf.tensor1d([...genePositions], 'int32'));

  function forward({ genes }: CaseInput, weights: Weights, options: ForwardOptions): Output {
    plugInNone(options);
    return tf.tidy(() => {
      const pass = openForwardPass('mlpomics', weights, options);
      const expression = tf.expandDims<tf.Tensor2D>(tf.gather(genes, positions)); // [1, genes]
      const first = activate(pass, 'genes.0', pass.linearOfData('net.0', expression, 'genes.0.linear'));
      const second = activate(pass, 'genes.1', pass.linear('net.3', first, 'genes.1.linear')); // [1, width]
      return { logits: pass.linear('to_logits.0', second, 'logits') }; // [1, bins]
    }) as Output;
  }

  return {
    draws: () =>
      ['genes.0', 'genes.1'].map((name) => ({
        name: `${name}.dropout`,
        kind: 'keep',
        shape: [1, width],
        p: DROPOUT,
      })),
    plugIn: () => ({ width: 0 }),
    forward,
    dispose: () => positions.dispose(),
  };
}

function activate(pass: ForwardPass, name: string, values: tf.Tensor2D): tf.Tensor2D {
  return pass.dropout(`${name}.dropout`, pass.see(`${name}.relu`, relu(values)), DROPOUT);
}
