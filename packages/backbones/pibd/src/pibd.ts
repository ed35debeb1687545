import {
  drawTape,
  meanOver,
  openForwardPass,
  pathwayLayout,
  pathwayNetworks,
  relu,
  type ForwardPass,
  type Weights,
} from '@concord/nn';
import {
  plugInCall,
  type BackboneModel,
  type CaseInput,
  type ForwardOptions,
  type Output,
} from '@concord/backbone';
import * as tf from '@tensorflow/tfjs-core';
import { bottleneck, type Narrowed } from './bottleneck.js';
import { tokenCounts, type PibdConfig, type TokenCounts } from './config.js';
import { BOTTLENECKS, coupledLoss } from './coupledLoss.js';
import { disentangle, type DisentangledTokens } from './disentangle.js';
import { evaluationDraws, trainingDraws } from './draws.js';
import { productOfExperts } from './productOfExperts.js';
import { randomness, type Side } from './randomness.js';

/** Seed of evaluations that are given no tape. */
const EVALUATION_SEED = 1;

/**
 * PIBD: tokens of each modality pass a prototypical information bottleneck; the product of both modalities'
 * proxies gives a global token; one disentangled Transformer layer, and the means of the three kinds of tokens
 * give the logits. Patches come in random sub-bags, whose logits are averaged; all sub-bags of a case are
 * computed at once.
 *
 * @source arXiv 2405.11839; zylbuaa/PIBD@bd5bd94, models/model_PIBD.py.
 */
export function pibd(config: PibdConfig): BackboneModel {
  const layout = pathwayLayout(config.pathwaySizes);
  const { subBags, width, bins, heads } = config;

  function forward(input: CaseInput, weights: Weights, options: ForwardOptions): Output {
    if (options.mode === 'training' || options.tape) return run(input, weights, options);
    const tape = drawTape(evaluationDraws(config, input.patches.shape[0]), EVALUATION_SEED, 0);
    try {
      return run(input, weights, { ...options, tape });
    } finally {
      tape.dispose();
    }
  }

  function run({ genes, patches, label }: CaseInput, weights: Weights, options: ForwardOptions): Output {
    return tf.tidy(() => {
      const pass = openForwardPass('pibd', weights, options);
      if (pass.training && !label) throw new Error('pibd: training reads the label of the case');
      const counts = tokenCounts(config, patches.shape[0]);
      const draws = randomness(pass, config, options.mode);
      const narrow = (side: Side, given: tf.Tensor2D, bags: number, selected: number): Narrowed =>
        bottleneck(pass, given, draws.proxies(side), {
          ...{ side, layer: BOTTLENECKS[side], bags, selected },
          ...(pass.training && { positive: bins * label!.censored + label!.bin }),
          ...(options.tape && { tape: options.tape }),
        });
      const omics = narrow('omics', pathwayNetworks(pass, layout, genes), 1, counts.pathways);
      const inSubBags = tf.gather(patches, draws.subBags(patches.shape[0], counts.subBag));
      const wsi = narrow('wsi', inSubBags, subBags, counts.patches);
      const joint = productOfExperts(pass, [wsi, omics], draws.joint()); // [subBags, width]
      // The plug-in point: after both bottlenecks, before the disentangling, for each sub-bag.
      const bags = plugInEach(wsi.tokens, omics.tokens, counts, options);
      const tokens = disentangle(pass, { ...bags, global: tf.expandDims(joint, 1) }, heads);
      const means = {
        histology: meanOver(tokens.histology, 1),
        pathways: meanOver(tokens.pathways, 1),
        global: tf.squeeze(tokens.global, [1]),
      };
      const logits = head(pass, tf.concat<tf.Tensor2D>(Object.values(means) as tf.Tensor2D[], 1));
      const proxyLoss = pass.training && tf.add(wsi.proxyLoss!, omics.proxyLoss!);
      return { logits, embeddings: { ...means, ...(proxyLoss && { proxyLoss }) } };
    }) as Output;
  }

  function plugInEach(
    histology: tf.Tensor2D,
    pathways: tf.Tensor2D,
    counts: TokenCounts,
    options: ForwardOptions,
  ): Omit<DisentangledTokens, 'global'> {
    const strong = tf.reshape(histology, [subBags, counts.patches, width]) as tf.Tensor3D;
    if (!options.module || options.module.name === 'plain') {
      const everywhere = tf.tile(tf.expandDims<tf.Tensor3D>(pathways), [subBags, 1, 1]);
      return { histology: strong, pathways: everywhere };
    }
    const made = Array.from({ length: subBags }, (_, call) => {
      const own = tf.squeeze<tf.Tensor2D>(tf.slice(strong, call, 1), [0]);
      return plugInCall(call, { weak: pathways, strong: own }, options);
    });
    return {
      histology: tf.stack(made.map((bag) => bag.strong)) as tf.Tensor3D,
      pathways: tf.stack(made.map((bag) => bag.weak)) as tf.Tensor3D,
    };
  }

  function head(pass: ForwardPass, pooled: tf.Tensor2D): tf.Tensor2D {
    const hidden = pass.linear('to_logits.0', pass.see('pooled', pooled), 'head.hidden');
    const ofSubBags = pass.linear('to_logits.2', relu(hidden), 'head.logits');
    return pass.see('logits', tf.mean(ofSubBags, 0, true));
  }

  return {
    draws: (patches) => trainingDraws(config, patches),
    evaluationDraws: (patches) => evaluationDraws(config, patches),
    plugIn(patches) {
      const counts = tokenCounts(config, patches);
      return { weak: counts.pathways, strong: counts.patches, width, calls: subBags };
    },
    forward,
    couple: (outputs, weights, options) =>
      tf.tidy(() => coupledLoss(openForwardPass('pibd', weights, options), config, outputs, options.tape)),
    dispose: () => layout.dispose(),
  };
}
