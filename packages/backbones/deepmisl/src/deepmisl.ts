import { openForwardPass, relu, type Draw, type Weights } from '@concord/nn';
import {
  plugInOne,
  type BackboneModel,
  type CaseInput,
  type ForwardOptions,
  type Output,
} from '@concord/backbone';
import * as tf from '@tensorflow/tfjs-core';
import type { DeepMislConfig } from './config.js';

const DROPOUT = 0.25;

/**
 * DeepMISL as SurvPath's authors call it, in fact Deep Sets over slides alone: no clusters, no attention.
 *
 *     φ_i = Drop(ReLU(W x_i + b)),   logits = W_c Drop(ReLU(W_ρ Σ φ_i + b_ρ)) + b_c
 *
 * The sum grows with the number of patches, and so do the logits.
 *
 * @source arXiv 1703.06114; mahmoodlab/SurvPath@3f73ddd, models/model_DeepMISL.py, without fusion.
 */
export function deepMisl({ width, caseWidth }: DeepMislConfig): BackboneModel {
  function draws(patches: number): Draw[] {
    return [
      { name: 'patches.dropout', kind: 'keep', shape: [patches, width], p: DROPOUT },
      { name: 'rho.dropout', kind: 'keep', shape: [1, caseWidth], p: DROPOUT },
    ];
  }

  function forward({ patches }: CaseInput, weights: Weights, options: ForwardOptions): Output {
    return tf.tidy(() => {
      const pass = openForwardPass('deepmisl', weights, options);
      const linear = pass.linearOfData('phi.0', patches, 'patches.linear');
      const embedded = pass.see('patches.relu', relu(linear)); // [patches, width]
      const dropped = pass.dropout('patches.dropout', embedded, DROPOUT);
      // The plug-in point: embedded patches, before they are summed.
      const tokens = plugInOne('strong', dropped, options);
      const pooled = pass.see('pooled', tf.sum<tf.Tensor2D>(tokens, 0, true)); // [1, width]
      const hidden = pass.see('rho.relu', relu(pass.linear('rho.0', pooled, 'rho.linear')));
      const caseVector = pass.dropout('rho.dropout', hidden, DROPOUT); // [1, caseWidth]
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
