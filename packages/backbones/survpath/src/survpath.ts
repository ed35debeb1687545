import {
  alphaDropout,
  crossAttention,
  dropout,
  gelu,
  layerNorm,
  linear,
  linearOfData,
  meanByModality,
  pathwayHiddenLayer,
  pathwayInputLayer,
  pathwayLayout,
  type Draw,
} from '@concord/nn';
import {
  plugIn,
  type BackboneModel,
  type CaseInput,
  type ForwardOptions,
  type Output,
  type Weights,
} from '@concord/backbone';
import * as tf from '@tensorflow/tfjs-core';
import type { SurvPathConfig } from './config.js';

/** Dropout rates of the published class; its attention accepts a third one and never uses it. */
const PATHWAY_DROPOUT = 0.25;
const FEED_FORWARD_DROPOUT = 0.1;

/**
 * SurvPath: pathway tokens g_i = SNN_i(x_i) and patch tokens h_j = W p_j + b meet in one attention where
 * pathways look at everything and patches at pathways; a feed-forward and a LayerNorm follow; the means of
 * both modalities give the logits.
 *
 * @source arXiv 2304.06819; mahmoodlab/SurvPath@3f73ddd, models/model_SurvPath.py.
 */
export function survpath(config: SurvPathConfig): BackboneModel {
  const layout = pathwayLayout(config.pathwaySizes);
  const { width } = config;
  const half = width / 2;
  const { pathways } = layout;

  function draws(patches: number): Draw[] {
    return [
      { name: 'pathways.0.dropout', kind: 'keep', shape: [pathways, width], p: PATHWAY_DROPOUT },
      { name: 'pathways.1.dropout', kind: 'keep', shape: [pathways, width], p: PATHWAY_DROPOUT },
      {
        name: 'feedForward.dropout',
        kind: 'keep',
        shape: [pathways + patches, half],
        p: FEED_FORWARD_DROPOUT,
      },
    ];
  }

  function forward({ genes, patches }: CaseInput, weights: Weights, options: ForwardOptions): Output {
    const { mode, tape, tap } = options;
    const w = <T extends tf.Tensor>(name: string): T => {
      const weight = weights[name];
      if (!weight) throw new Error(`survpath: no weight named ${name}`);
      return weight as T;
    };
    const see = <T extends tf.Tensor>(name: string, tensor: T): T => {
      tap?.(name, tensor);
      return tensor;
    };
    const training = mode === 'training';
    const draw = (name: string, like: tf.Tensor): tf.Tensor => {
      if (!tape) throw new Error(`survpath: training needs a tape (draw ${name})`);
      return tape.read(name, like.shape);
    };

    return tf.tidy(() => {
      const pathwayTokens = pathwayNetworks(); // [pathways, width]
      const patchTokens = see(
        'patches.linear',
        linearOfData(patches, w('patches.weight'), w('patches.bias')),
      ); // [patches, width]
      // The plug-in point: after both projections, before the fusion.
      const bags = plugIn({ weak: pathwayTokens, strong: patchTokens }, options);
      const tokens = tf.concat<tf.Tensor2D>([bags.weak, bags.strong]); // [tokens, width]

      const qkv = linear(normalise('attention.norm', tokens), w<tf.Tensor2D>('attention.qkv.weight')); // [tokens, 3 half]
      const [q, key, value] = tf.split(qkv, 3, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
      const query = see('attention.q', tf.mul(q, half ** -0.5) as tf.Tensor2D); // [tokens, half]
      see('attention.k', key);
      see('attention.v', value);
      const attended = see('attention.out', crossAttention(query, key, value, pathways, tap));

      const embedding = normalise('norm', feedForward(attended)); // [tokens, half]
      const pooled = see('pooled', meanByModality(embedding, pathways)); // [1, width]
      const hidden = see('head.relu', tf.relu(affine('head.hidden', pooled))); // [1, width / 4]
      return { logits: affine('head.out', hidden, 'logits') }; // [1, bins]
    }) as Output;

    function affine(layer: string, input: tf.Tensor2D, name = layer): tf.Tensor2D {
      return see(name, linear(input, w(`${layer}.weight`), w<tf.Tensor1D>(`${layer}.bias`)));
    }

    function normalise(layer: string, input: tf.Tensor2D): tf.Tensor2D {
      return see(layer, layerNorm(input, w(`${layer}.weight`), w(`${layer}.bias`)));
    }

    /** Two self-normalising blocks for every pathway, all pathways at once. */
    function pathwayNetworks(): tf.Tensor2D {
      const first = pathwayInputLayer(layout, genes, w('pathways.0.weight'), w('pathways.0.bias'));
      const tokens = selfNormalising('pathways.0', see('pathways.0.linear', first));
      const second = pathwayHiddenLayer(tokens, w('pathways.1.weight'), w('pathways.1.bias'));
      return selfNormalising('pathways.1', see('pathways.1.linear', second));
    }

    function feedForward(input: tf.Tensor2D): tf.Tensor2D {
      const hidden = affine('feedForward.hidden', normalise('feedForward.norm', input));
      let activated = see('feedForward.gelu', gelu(hidden));
      if (training) {
        const keep = draw('feedForward.dropout', activated);
        activated = see('feedForward.dropout', dropout(activated, keep, FEED_FORWARD_DROPOUT));
      }
      return affine('feedForward.out', activated);
    }

    /** ELU and, in training, alpha dropout: the tail of one self-normalising block. */
    function selfNormalising(name: string, input: tf.Tensor2D): tf.Tensor2D {
      const activated = see(`${name}.elu`, tf.elu(input));
      if (!training) return activated;
      const keep = draw(`${name}.dropout`, activated);
      return see(`${name}.dropout`, alphaDropout(activated, keep, PATHWAY_DROPOUT));
    }
  }

  return {
    draws,
    plugIn: (patches) => ({ weak: pathways, strong: patches, width }),
    forward,
    dispose: () => layout.dispose(),
  };
}
