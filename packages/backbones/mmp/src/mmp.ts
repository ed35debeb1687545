import {
  batchedPathwayNetworks,
  linear,
  linearOfData,
  openBatchPass,
  padPathways,
  pathwayNetworkDraws,
  type ForwardPass,
  type Tap,
  type Weights,
} from '@concord/nn';
import {
  plugIn,
  type BackboneModel,
  type BatchCase,
  type ForwardOptions,
  type Output,
  type TokenBags,
} from '@concord/backbone';
import * as tf from '@tensorflow/tfjs-core';
import { fullAttention } from './attention.js';
import type { MmpConfig } from './config.js';
import { feedForwardDraws, feedForwards } from './feedForwards.js';
import { panther } from './panther.js';

/** Options of a batch's forward pass. */
type BatchOptions = Omit<ForwardOptions, 'tape'>;

/** Tokens of a batch, each [tokens, cases, width]. */
interface BatchTokens {
  readonly pathways: tf.Tensor3D;
  readonly prototypes: tf.Tensor3D;
}

/**
 * MMP with its Transformer: pathway tokens g_i = SNN_i(x_i) and prototype tokens h_k = W [π_k, μ_k, Σ_k] + b get
 * a learned embedding each, meet in one attention of everything with everything, go through a feed-forward of
 * their own and a LayerNorm; the means of both modalities give the log-risk.
 *
 * All cases of a batch are computed at once: their tokens are few, and alone they would not fill an operation.
 *
 * @source mahmoodlab/MMP@5878b84, src/mil_models/model_multimodal.py, `coattn`.
 */
export function mmp(config: MmpConfig): BackboneModel {
  const padded = padPathways(config.pathwaySizes);
  const { width, prototypes, tau, variance, softmax } = config;
  const { pathways } = padded;
  const half = (width + config.embedding) / 2;

  function forwardBatch(cases: readonly BatchCase[], weights: Weights, options: BatchOptions): Output[] {
    return tf.tidy(() => {
      const pass = openBatchPass(
        'mmp',
        weights,
        cases.map(({ tape }) => tape),
        options,
      );
      const genes = tf.stack(cases.map(({ input }) => input.genes)) as tf.Tensor2D;
      const projected: BatchTokens = {
        pathways: batchedPathwayNetworks(pass, padded, genes),
        prototypes: prototypeTokens(pass, cases, options.tap),
      };
      // The plug-in point: after both projections, before embeddings are appended.
      const plugged = plugInEach(projected, cases, options);
      const tokens = tf.concat<tf.Tensor3D>([
        embedded(pass, 'gene_embedding', plugged.pathways),
        embedded(pass, 'histo_embedding', plugged.prototypes),
      ]); // [tokens, cases, width + embedding]

      const attended = pass.see('attention.out', attention(pass, tokens, options.tap)); // [tokens, cases, half]
      const hidden = feedForwards(pass, 'coattn.1.net', attended);
      const embedding = pass.layerNorm('coattn.2', flat(hidden), 'norm');
      const pooled = pass.see('pooled', means(tf.reshape(embedding, [-1, cases.length, half]))); // [cases, 2 half]
      // Not shown to the tap: a log-risk has no zero to measure it from, and may lie close to it; its risk is shown.
      const logits = linear(pooled, pass.weight('classifier.weight')); // [cases, outputs]
      return cases.map((_, i) => ({ logits: tf.slice(logits, [i, 0], [1, -1]) }));
    });
  }

  function prototypeTokens(pass: ForwardPass, cases: readonly BatchCase[], tap?: Tap): tf.Tensor3D {
    const summarise = panther({
      mean: pass.weight('panther.priors.m'),
      variance: tf.mul(tf.softplus(pass.weight<tf.Tensor2D>('panther.priors.V_')), variance),
      tau,
    });
    const summaries = cases.map(({ input }, i) => summarise(input.patches, i === 0 ? tap : undefined));
    const tokens = tf.stack(summaries, 1) as tf.Tensor3D; // [prototypes, cases, 1 + 2 patchWidth]
    const layer = 'path_proj_net.0';
    const out = linearOfData(flat(tokens), pass.weight(`${layer}.weight`), pass.weight(`${layer}.bias`));
    return tf.reshape(pass.see('prototypes.linear', out), [prototypes, cases.length, width]);
  }

  function attention(pass: ForwardPass, tokens: tf.Tensor3D, tap?: Tap): tf.Tensor3D {
    const normal = pass.layerNorm('coattn.0.norm', flat(tokens), 'attention.norm');
    const qkv = pass.linear('coattn.0.attn.to_qkv', normal, 'attention.qkv');
    const [count, cases] = tokens.shape;
    const ofCases = tf.transpose(tf.reshape(qkv, [count, cases, -1]), [1, 0, 2]) as tf.Tensor3D;
    return tf.transpose(fullAttention(ofCases, pathways, softmax, tap), [1, 0, 2]);
  }

  /** Means of both modalities side by side: [cases, 2 half]. */
  function means(embedding: tf.Tensor3D): tf.Tensor2D {
    const ofPathways = tf.mean(tf.slice(embedding, 0, pathways), 0);
    const ofPrototypes = tf.mean(tf.slice(embedding, pathways, prototypes), 0);
    return tf.concat<tf.Tensor2D>([ofPathways as tf.Tensor2D, ofPrototypes as tf.Tensor2D], 1);
  }

  return {
    draws: () => [
      ...pathwayNetworkDraws(pathways, [width, width]),
      ...feedForwardDraws(pathways + prototypes, half),
    ],
    plugIn: () => ({ weak: pathways, strong: prototypes, width }),
    forward: (input, weights, { tape, ...options }) =>
      forwardBatch([{ input, ...(tape && { tape }) }], weights, options)[0]!,
    forwardBatch,
    dispose: () => padded.dispose(),
  };
}

/** Every case's tokens as the module leaves them, each with draws of its own; the tap sees the first. */
function plugInEach(given: BatchTokens, cases: readonly BatchCase[], options: BatchOptions): BatchTokens {
  if (!options.module || options.module.name === 'plain') return given;
  const { tap, ...others } = options;
  const ofCase = (tokens: tf.Tensor3D, i: number): tf.Tensor2D =>
    tf.squeeze(tf.slice(tokens, [0, i, 0], [-1, 1, -1]), [1]);
  const bags = cases.map(({ tape }, i): TokenBags => {
    const own = { ...others, ...(tape && { tape }), ...(tap && i === 0 && { tap }) };
    return plugIn({ weak: ofCase(given.pathways, i), strong: ofCase(given.prototypes, i) }, own);
  });
  const stack = (tokens: tf.Tensor2D[]) => tf.stack(tokens, 1) as tf.Tensor3D;
  return {
    pathways: stack(bags.map((bag) => bag.weak)),
    prototypes: stack(bags.map((bag) => bag.strong)),
  };
}

/** Tokens with their learned embeddings, the same for every case, behind them. */
function embedded(pass: ForwardPass, name: string, tokens: tf.Tensor3D): tf.Tensor3D {
  const [count, cases] = tokens.shape;
  const weight = pass.weight<tf.Tensor3D>(name);
  const own = tf.tile<tf.Tensor3D>(tf.reshape(weight, [count, 1, weight.shape[2]]), [1, cases, 1]);
  return tf.concat<tf.Tensor3D>([tokens, own], 2);
}

function flat(tensor: tf.Tensor3D): tf.Tensor2D {
  return tf.reshape(tensor, [-1, tensor.shape[2]]);
}
