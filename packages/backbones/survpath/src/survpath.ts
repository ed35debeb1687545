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
  type Mode,
  type Tap,
  type TapeReader,
} from '@concord/nn';
import type { BagModule, Bags } from '@concord/modules';
import * as tf from '@tensorflow/tfjs-core';
import type { SurvPathConfig } from './config.js';

/** Dropout rates of the published class; its attention accepts a third one and never uses it. */
const PATHWAY_DROPOUT = 0.25;
const FEED_FORWARD_DROPOUT = 0.1;

/** One case as SurvPath sees it; borrowed. */
export interface SurvPathCase {
  /** [genes] expression, packed in pathway order. */
  readonly genes: tf.Tensor1D;
  /** [patches, patchWidth] features of all slides of the case. */
  readonly patches: tf.Tensor2D;
}

/** How one forward pass is run. */
export interface ForwardOptions {
  readonly mode: Mode;
  /** Needed in training. */
  readonly tape?: TapeReader;
  /** The plug-in between both projections and the fusion. */
  readonly module?: BagModule;
  readonly tap?: Tap;
}

/** SurvPath for one set of pathway sizes. */
export interface SurvPath {
  readonly config: SurvPathConfig;
  /** The backbone's own draws for a bag of this many patches. */
  draws(patches: number): Draw[];
  /**
   * @param weights by the names of `weightShapes`, float32, borrowed.
   * @returns [1, bins] hazard logits, owned by the caller.
   */
  forward(
    input: SurvPathCase,
    weights: Readonly<Record<string, tf.Tensor>>,
    options: ForwardOptions,
  ): tf.Tensor2D;
  dispose(): void;
}

/**
 * SurvPath: pathway tokens g_i = SNN_i(x_i) and patch tokens h_j = W p_j + b meet in one attention where
 * pathways look at everything and patches at pathways; a feed-forward and a LayerNorm follow; the means of
 * both modalities give the logits.
 *
 * @source arXiv 2304.06819; mahmoodlab/SurvPath@3f73ddd, models/model_SurvPath.py.
 */
export function survpath(config: SurvPathConfig): SurvPath {
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

  function forward(
    { genes, patches }: SurvPathCase,
    weights: Readonly<Record<string, tf.Tensor>>,
    { mode, tape, module, tap }: ForwardOptions,
  ): tf.Tensor2D {
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
      const bags = plugIn(pathwayTokens, patchTokens);
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
      return affine('head.out', hidden, 'logits'); // [1, bins]
    });

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

    /** The plug-in point: after both projections, before the fusion. */
    function plugIn(weak: tf.Tensor2D, strong: tf.Tensor2D): { weak: tf.Tensor2D; strong: tf.Tensor2D } {
      if (!module || module.name === 'plain') return { weak, strong };
      const bags: Bags = { weak: tf.expandDims(weak), strong: tf.expandDims(strong) };
      const out = module.apply(bags, tape ?? noTape, mode, tap);
      return {
        weak: see('module.weak', tf.squeeze<tf.Tensor2D>(out.weak, [0])),
        strong: see('module.strong', tf.squeeze<tf.Tensor2D>(out.strong, [0])),
      };
    }
  }

  return { config, draws, forward, dispose: () => layout.dispose() };
}

/** Evaluation does not draw; a module that tries says so. */
const noTape: TapeReader = {
  read: refuse,
  values: refuse,
  decide: refuse,
};

function refuse(name: string): never {
  throw new Error(`survpath: ${name} was asked of the tape, but none was given`);
}
