import { plugInOne, SURVPATH_PROTOCOL, type Backbone, type InputShape } from '@concord/backbone';
import { syntheticCohort, type SyntheticOptions } from '@concord/data';
import { moduleVariants, type ModuleVariant } from '@concord/modules';
import { initialWeights, openForwardPass } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import type { TrainedModel } from './stack.js';
import type { TrainingCase, TrainingSet } from './trainingSet.js';
import type { TrainingPlan } from './plan.js';

interface TinyConfig {
  readonly genes: number;
  readonly patchWidth: number;
  readonly bins: number;
}

const HIDDEN = 5;

/** The mean of a case's patches and its genes, each through a layer, dropout, a layer: enough to train. */
const tiny: Backbone<TinyConfig> = {
  name: 'tiny',
  title: 'a model of the tests',
  source: 'none',
  reads: { genes: true, patches: true },
  configure: ({ pathways, patchWidth, bins }: InputShape) => ({
    ...{ genes: pathways.flat().length, patchWidth, bins },
  }),
  weightShapes: ({ genes, patchWidth, bins }) => ({
    'genes.weight': [HIDDEN, genes],
    'genes.bias': [HIDDEN],
    'patches.weight': [HIDDEN, patchWidth],
    'patches.bias': [HIDDEN],
    'out.weight': [bins, 2 * HIDDEN],
    'out.bias': [bins],
  }),
  initialWeights: (config, seed) => initialWeights(tiny.weightShapes(config), seed),
  create: () => ({
    draws: () => [{ name: 'hidden', kind: 'keep', shape: [1, 2 * HIDDEN], p: 0.25 }],
    plugIn: (patches) => ({ strong: patches, width: HIDDEN }),
    forward: (input, weights, options) =>
      tf.tidy(() => {
        const pass = openForwardPass('tiny', weights, options);
        const patches = plugInOne('strong', pass.linear('patches', input.patches, 'patches'), options);
        const genes = pass.linear('genes', tf.reshape(input.genes, [1, -1]), 'genes');
        const both = tf.relu(tf.concat([genes, tf.mean(patches, 0, true)], 1)) as tf.Tensor2D;
        const hidden = pass.dropout('hidden', both, 0.25);
        return { logits: pass.linear('out', hidden, 'logits') as tf.Tensor2D };
      }),
    dispose: () => undefined,
  }),
};

/** Cases of an embedded cohort as a training set. */
export function tinySet(name = 'blca', options: SyntheticOptions = {}): TrainingSet {
  const cohort = syntheticCohort(name, { cases: 20, patchWidth: 6, patches: [4, 9], ...options });
  return {
    shape: {
      pathways: cohort.pathways.map(({ genes }) => genes),
      patchWidth: cohort.patchWidth,
      bins: cohort.edges.length - 1,
    },
    cases: cohort.cases.map((one): TrainingCase => ({ ...one, cohort: name })),
  };
}

/** The tiny model for a set. */
export function tinyModel(
  { shape }: TrainingSet,
  { protocol }: Pick<TrainingPlan, 'protocol'>,
  module: ModuleVariant = 'plain',
  seed = 7,
): TrainedModel {
  const config = tiny.configure(shape);
  return {
    ...{ backbone: tiny, config, protocol, patchWidth: shape.patchWidth, pythonFolders: [] },
    module: moduleVariants[module](),
    weights: tiny.initialWeights(config, seed),
  };
}

/** A plan of a few epochs. */
export function tinyPlan(more: Partial<TrainingPlan> = {}): TrainingPlan {
  return {
    protocol: { ...SURVPATH_PROTOCOL, batch: 2, accumulate: 3 },
    sampling: 'weighted',
    schedule: { name: 'cosine', warmUp: 0.2, floor: 0.1 },
    epochs: 4,
    seed: 7,
    patches: 5,
    ...more,
  };
}
