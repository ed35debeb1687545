import {
  plugIn,
  type BackboneModel,
  type CaseInput,
  type ForwardOptions,
  type Output,
} from '@concord/backbone';
import {
  classTokenEncoder,
  coAttention,
  encoderDraws,
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
import { encoderOptions, type CmtaConfig } from './config.js';
import { meanDistance } from './meanDistance.js';

/** Dropout of the patches' network, after each of its layers. */
const DROPOUT = 0.25;

/**
 * CMTA: patch tokens P and gene tokens G are encoded, each with a class token: (p, P') = Enc_P(P), (g, G') = Enc_G(G).
 * Each modality is translated into the other by attention and decoded: p̂ from Dec_P(Att(P' → G')), ĝ from
 * Dec_G(Att(G' → P')). The halved sums (p + p̂)/2 and (g + ĝ)/2 give the logits. Its own term of the loss,
 * α (|p − p̂| + |g − ĝ|), means over the width, draws the decoded class tokens to the encoded ones, which are
 * fixed targets in it.
 *
 * @source Zhou and Chen 2023, ICCV; FT-ZHOU-ZZZ/CMTA@31340f6, models/cmta/network.py, size `small`, fusion `concat`;
 *   the loss as in models/cmta/engine.py.
 */
export function cmta(config: CmtaConfig): BackboneModel {
  const layout = pathwayLayout(config.pathwaySizes);
  const { width, geneHidden, alpha } = config;
  const { pathways } = layout;
  const { pathomics, genomics } = encoderOptions(config);

  function draws(patches: number): Draw[] {
    const dropped = ['patches.0.dropout', 'patches.1.dropout'].map((name): Draw => {
      return { name, kind: 'keep', shape: [patches, width], p: DROPOUT };
    });
    return [
      ...pathwayNetworkDraws(pathways, [geneHidden, width]),
      ...dropped,
      ...encoderDraws('pathomics.encoder', patches, pathomics),
      ...encoderDraws('genomics.encoder', pathways, genomics),
      ...encoderDraws('pathomics.decoder', Math.ceil(Math.sqrt(patches)) ** 2, pathomics),
      ...encoderDraws('genomics.decoder', pathways, genomics),
    ];
  }

  function forward({ genes, patches }: CaseInput, weights: Weights, options: ForwardOptions): Output {
    return tf.tidy(() => {
      const pass = openForwardPass('cmta', weights, options);
      const geneTokens = pathwayNetworks(pass, layout, genes, { prefix: 'genomics_fc' }); // [pathways, width]
      const patchTokens = tf.tidy(() => embedPatches(pass, patches)); // [patches, width]
      // The plug-in point: after both embeddings, before the encoders.
      const bags = plugIn({ weak: geneTokens, strong: patchTokens }, options);

      const p = classTokenEncoder(pass, 'pathomics_encoder.', bags.strong, pathomics, 'pathomics.encoder');
      const g = classTokenEncoder(pass, 'genomics_encoder.', bags.weak, genomics, 'genomics.encoder');
      const inGenes = coAttention(pass, 'P_in_G_Att', p.tokens, g.tokens, 'pathomics.translated'); // [square, width]
      const inPatches = coAttention(pass, 'G_in_P_Att', g.tokens, p.tokens, 'genomics.translated'); // [pathways, width]
      const decodedP = classTokenEncoder(pass, 'pathomics_decoder.', inGenes, pathomics, 'pathomics.decoder');
      const decodedG = classTokenEncoder(pass, 'genomics_decoder.', inPatches, genomics, 'genomics.decoder');

      const both = tf.concat<tf.Tensor2D>(
        [halved(p.token, decodedP.token), halved(g.token, decodedG.token)],
        1,
      ); // [1, 2 width]
      const logits = head(pass, pass.see('fusion', both)); // [1, bins]
      const distances = tf.add(meanDistance(p.token, decodedP.token), meanDistance(g.token, decodedG.token));
      return { logits, auxiliary: tf.mul(distances, alpha) };
    }) as Output;
  }

  function embedPatches(pass: ForwardPass, patches: tf.Tensor2D): tf.Tensor2D {
    const first = relu(pass.linearOfData('pathomics_fc.0', patches, 'patches.0.linear'));
    const hidden = pass.dropout('patches.0.dropout', pass.see('patches.0.relu', first), DROPOUT);
    const second = relu(pass.linear('pathomics_fc.3', hidden, 'patches.1.linear'));
    return pass.dropout('patches.1.dropout', pass.see('patches.1.relu', second), DROPOUT);
  }

  return {
    draws,
    plugIn: (patches) => ({ weak: pathways, strong: patches, width }),
    forward,
    dispose: () => layout.dispose(),
  };
}

function halved(encoded: tf.Tensor2D, decoded: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(tf.add(encoded, decoded), 0.5);
}

function head(pass: ForwardPass, fused: tf.Tensor2D): tf.Tensor2D {
  const hidden = pass.see('head.0.relu', relu(pass.linear('mm.0', fused, 'head.0.linear'))); // [1, width]
  const last = pass.see('head.1.relu', relu(pass.linear('mm.2', hidden, 'head.1.linear'))); // [1, width]
  return pass.linear('classifier', last, 'logits');
}
