import {
  gatedAttentionDraws,
  gatedAttentionPooling,
  openForwardPass,
  relu,
  type Draw,
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
import type { AbmilConfig } from './config.js';

const DROPOUT = 0.25;

/**
 * ABMIL over slides alone: patches h_i = Drop(ReLU(W x_i + b)) are averaged by gated attention, and
 * logits = W_c Drop(ReLU(W_ρ Σ a_i h_i + b_ρ)) + b_c.
 *
 * @source arXiv 1802.04712; mahmoodlab/SurvPath@3f73ddd, models/model_ABMIL.py, without fusion.
 */
export function abmil({ width }: AbmilConfig): BackboneModel {
  function draws(patches: number): Draw[] {
    return [
      { name: 'patches.dropout', kind: 'keep', shape: [patches, width], p: DROPOUT },
      ...gatedAttentionDraws(patches, width),
      { name: 'rho.dropout', kind: 'keep', shape: [1, width], p: DROPOUT },
    ];
  }

  function forward({ patches }: CaseInput, weights: Weights, options: ForwardOptions): Output {
    return tf.tidy(() => {
      const pass = openForwardPass('abmil', weights, options);
      const linear = pass.linearOfData('attention_net.0', patches, 'patches.linear');
      const embedded = pass.see('patches.relu', relu(linear)); // [patches, width]
      const dropped = pass.dropout('patches.dropout', embedded, DROPOUT);
      // The plug-in point: embedded patches, before attention.
      const tokens = plugInOne('strong', dropped, options);
      const pooled = gatedAttentionPooling(pass, 'attention_net.3', tokens); // [1, width]
      const hidden = pass.see('rho.relu', relu(pass.linear('rho.0', pooled, 'rho.linear')));
      const caseVector = pass.dropout('rho.dropout', hidden, DROPOUT); // [1, width]
      return { logits: pass.linear('classifier', caseVector, 'logits') }; // [1, bins]
    }) as Output;
  }

  return {
    draws,
    plugIn: (patches) => ({ strong: patches, width }),
    forward,
    dispose: () => undefined,
  };
}
