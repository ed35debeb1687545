import {
  maskedHiddenLayer,
  maskedInputLayer,
  maskedLayout,
  openForwardPass,
  relu,
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
import type { MaskedOmicsConfig } from './config.js';

const DROPOUT = 0.25;

/**
 * MaskedOmics: genes x reach the units of their pathways only, and units only those of the same pathway,
 *
 *     y₁ = x (W₁ ⊙ M₁) + b₁,   y₂ = y₁ (W₂ ⊙ M₂) + b₂,   logits = W₄ Drop(ReLU(W₃ y₂ + b₃)) + b₄,
 *
 * with nothing between the masked layers. W₁ and W₂ are dense as published; see `maskedInputLayer`.
 *
 * Its tokens are the pathways: the 16 units of each in y₂, where pathways have not been mixed yet.
 *
 * @source doi 10.1038/s41586-021-03922-4; mahmoodlab/SurvPath@3f73ddd, models/model_MaskedOmics.py.
 */
export function maskedOmics(config: MaskedOmicsConfig): BackboneModel {
  const { genes: count, pathways, units } = config;
  const layout = maskedLayout(pathways, count);
  const width = units[1] * pathways.length;

  function forward({ genes }: CaseInput, weights: Weights, options: ForwardOptions): Output {
    return tf.tidy(() => {
      const pass = openForwardPass('maskedomics', weights, options);
      const first = pass.see(
        'pathways.0.linear',
        maskedInputLayer(layout, genes, pass.weight('fc_1_weight'), pass.weight('fc_1_bias')),
      ); // [pathways, units]
      const second = pass.see(
        'pathways.1.linear',
        maskedHiddenLayer(first, pass.weight('fc_2_weight'), pass.weight('fc_2_bias')),
      ); // [pathways, units]
      // The plug-in point: the units of each pathway are a token, before the head mixes them.
      const tokens = plugInOne('weak', second, options);
      const hidden = pass.linear('to_logits.0', tf.reshape(tokens, [1, width]), 'head.hidden'); // [1, width / 4]
      const rectified = pass.see('head.relu', relu(hidden));
      const dropped = pass.dropout('head.dropout', rectified, DROPOUT);
      return { logits: pass.linear('to_logits.3', dropped, 'logits') }; // [1, bins]
    }) as Output;
  }

  return {
    draws: () => [{ name: 'head.dropout', kind: 'keep', shape: [1, Math.floor(width / 4)], p: DROPOUT }],
    plugIn: () => ({ weak: pathways.length, width: units[1] }),
    forward,
    dispose: () => layout.dispose(),
  };
}
