import {
  plugInOne,
  type BackboneModel,
  type CaseInput,
  type ForwardOptions,
  type Output,
} from '@concord/backbone';
import { classTokenEncoder, encoderDraws, openForwardPass, relu, type Weights } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import { encoderOptions, type TransMilConfig } from './config.js';

/**
 * TransMIL: patch tokens h = ReLU(W p + b), filled up to a square by the first of them; a class token c in front;
 * T₁ = [c; h] + Nyström(LN([c; h])); the patch tokens of T₁ get their positions from depthwise convolutions over
 * the square (PPEG); T₂ = T₁ + Nyström(LN(T₁)); the class token of LN(T₂) gives the logits.
 *
 * Published for slide classes; here its logits are those of the hazards in the time bins.
 *
 * @source arXiv 2106.00908; szc19990412/TransMIL@9d6aee5, models/TransMIL.py.
 */
export function transmil(config: TransMilConfig): BackboneModel {
  const encoder = encoderOptions(config);

  function forward({ patches }: CaseInput, weights: Weights, options: ForwardOptions): Output {
    return tf.tidy(() => {
      const pass = openForwardPass('transmil', weights, options);
      const projected = relu(pass.linearOfData('_fc1.0', patches, 'patches.linear')); // [patches, width]
      // The plug-in point: after the projection, before the square is filled up.
      const tokens = plugInOne('strong', pass.see('patches.relu', projected), options);
      const { token } = classTokenEncoder(pass, '', tokens, encoder, 'encoder'); // [1, width]
      return { logits: pass.linear('_fc2', token, 'logits') }; // [1, bins]
    }) as Output;
  }

  return {
    draws: (patches) => encoderDraws('encoder', patches, encoder),
    plugIn: (patches) => ({ strong: patches, width: config.width }),
    forward,
    dispose: () => undefined,
  };
}
