import {
  parameterCount,
  type Backbone,
  type CaseInput,
  type InputShape,
  type Modalities,
  type PlugInSizes,
  type Protocol,
  type PublishedClass,
} from '@concord/backbone';
import type { BagModule } from '@concord/modules';
import type { Tap } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import { configureBackbone } from '../backbones/configure.js';
import { findBackbone, loadBackbone, type FoundBackbone } from '../backbones/discover.js';
import { publishedShape } from '../backbones/publishedShape.js';
import { smallInput } from '../backbones/smallInput.js';
import { stepsOf, type DescribedWeight, type Step } from './steps.js';
import { trace, type TracedTensor } from './trace.js';

/** Patches of a case in the published sampling. */
const PUBLISHED_PATCHES = 4096;

/** A backbone at one size of input. */
export interface DescribedSetting {
  readonly pathways: number;
  /** Of all pathways, those that are in several counted for each. */
  readonly genes: number;
  readonly patches: number;
  readonly patchWidth: number;
  readonly parameters: number;
  /** Intermediates of evaluation, in the order of computation. */
  readonly steps: readonly Step[];
  /** What a module is given; no bags where it has no plug-in point. */
  readonly plugIn: PlugInSizes;
  /** Weights that evaluation does not read. */
  readonly unread: readonly DescribedWeight[];
}

/** What `concord describe` says of one backbone. */
export interface BackboneDescription {
  readonly name: string;
  readonly title: string;
  readonly reads: Modalities;
  readonly source: string;
  readonly published?: PublishedClass;
  readonly protocol: Protocol;
  readonly settings: {
    /** As it was published. */
    readonly published: DescribedSetting;
    /** On the embedded cohort. */
    readonly small: DescribedSetting;
  };
}

/** Passes bags on, so that the plug-in point shows without a module that acts. */
const probe: BagModule = {
  name: 'probe',
  options: {},
  draws: () => [],
  apply: ({ strong, weak }) => ({ strong: copy(strong), weak: copy(weak) }),
  single: { draws: () => [], apply: (_side, tokens) => copy(tokens) },
};

/** Describe the backbone of this name by one evaluation at each size; the backend is ready. */
export async function describeBackbone(cwd: string, name: string): Promise<BackboneDescription> {
  const found = findBackbone(cwd, name);
  const declared = await loadBackbone(found);
  const { title, reads, source, published } = declared;
  const at = publishedShape(published);
  const small = smallInput(published);
  const settings = {
    published: describeSetting(found, declared, at, PUBLISHED_PATCHES),
    small: describeSetting(found, declared, small.shape, small.patches),
  };
  const { protocol } = configureBackbone(found, declared, at);
  return { name, title, reads, source, ...(published && { published }), protocol, settings };
}

function describeSetting(
  found: FoundBackbone,
  declared: Backbone,
  shape: InputShape,
  patches: number,
): DescribedSetting {
  const configured = configureBackbone(found, declared, shape);
  const shapes = declared.weightShapes(configured.config);
  const model = configured.create();
  const plugIn = model.plugIn(patches);
  const module = plugIn.weak === undefined && plugIn.strong === undefined ? {} : { module: probe };
  const genes = shape.pathways.reduce((sum, { length }) => sum + length, 0);
  try {
    let traced: readonly TracedTensor[] = [];
    tf.tidy(() => {
      const values = Object.entries(declared.initialWeights(configured.config, 1));
      const weights = Object.fromEntries(
        values.map(([name, { data, shape: of }]) => [name, tf.tensor(data, [...of])]),
      );
      const input = inputOf(declared, genes, patches, shape.patchWidth);
      const named = { ...weights, genes: input.genes, patches: input.patches };
      traced = trace(named, (tap) => {
        let told = false;
        const hear: Tap = (name, tensor) => {
          told ||= name === 'logits';
          tap(name, tensor);
        };
        const { logits } = model.forward(input, weights, { mode: 'evaluation', ...module, tap: hear });
        if (!told) tap('logits', logits);
      });
    });
    const read = new Set(traced.flatMap(({ from }) => from));
    return {
      ...{ pathways: shape.pathways.length, genes, patches, patchWidth: shape.patchWidth },
      parameters: parameterCount(shapes),
      steps: stepsOf(traced, shapes),
      plugIn,
      unread: Object.entries(shapes)
        .filter(([name]) => !read.has(name))
        .map(([name, of]) => ({ name, shape: of })),
    };
  } finally {
    model.dispose();
  }
}

/** A case of these sizes; what it holds does not matter. */
function inputOf({ reads }: Backbone, genes: number, patches: number, width: number): CaseInput {
  const features = tf.randomNormal<tf.Rank.R2>([patches, width], 0, 1, 'float32', 1);
  const { clusters } = reads;
  return {
    genes: tf.randomNormal<tf.Rank.R1>([genes], 0, 1, 'float32', 1),
    patches: features,
    label: { bin: 1, censored: 0, months: 12 },
    ...(clusters !== undefined && { clusters: Int32Array.from({ length: patches }, (_, i) => i % clusters) }),
  };
}

function copy(tokens: tf.Tensor3D): tf.Tensor3D {
  return tf.mul(tokens, 1);
}
