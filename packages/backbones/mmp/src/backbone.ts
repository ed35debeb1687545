import { pathwaySizes, type Backbone, type InputShape, type Protocol } from '@concord/backbone';
import { INITIAL, initialWeights, type InitialLaw } from '@concord/nn';
import { HALLMARK_SIZES } from './hallmarks.js';
import { weightShapes, type MmpConfig } from './config.js';
import { mmp } from './mmp.js';

const ragged = (config: MmpConfig) => ({ 'sig_networks.*.0.0.weight': config.pathwaySizes });

/** PANTHER without k-means: N(0, 0.01). Prototypes of a cohort take its place. */
const prototypes: InitialLaw = (fan, uniform) => {
  const next = INITIAL.standardNormal(fan, uniform);
  return () => 0.1 * next();
};

/** The number whose softplus is 1. */
const unitVariance: InitialLaw = () => () => Math.log(Math.E - 1);

function law(name: string): InitialLaw | undefined {
  if (name === 'panther.priors.m') return prototypes;
  if (name === 'panther.priors.V_') return unitVariance;
  if (name.endsWith('_embedding')) return INITIAL.standardNormal;
  if (/\*\.norm\./.test(name)) return name.endsWith('weight') ? INITIAL.ones : INITIAL.zeros;
  return undefined;
}

/** @source mahmoodlab/MMP@5878b84, src/scripts/survival/mmp.sh: AdamW, Cox loss, 64 cases a step. */
const PROTOCOL: Protocol = {
  optimizer: {
    ...{ name: 'adamW', lr: 1e-4, weightDecay: 1e-5, decays: 'matrices' },
    ...{ betas: [0.9, 0.999], eps: 1e-8 },
  },
  loss: { name: 'cox', ties: 'ordered', dividedBy: 'events' },
  batch: 64,
  accumulate: 1,
};

function configure(shape: InputShape): MmpConfig {
  return {
    ...{ pathwaySizes: pathwaySizes(shape), patchWidth: shape.patchWidth, outputs: 1 },
    ...{ width: 256, prototypes: 16, embedding: 32, softmax: 'double', tau: 0.001, variance: 0.1 },
  };
}

/** MMP as Concord finds it. */
export const backbone: Backbone<MmpConfig> = {
  name: 'mmp',
  title: 'histology prototypes and pathways in one small Transformer',
  reads: { genes: true, patches: true },
  source: 'arXiv 2407.00224; mahmoodlab/MMP@5878b84, src/mil_models/model_multimodal.py, coattn',
  published: {
    repository: 'mahmoodlab/MMP',
    commit: '5878b84',
    file: 'src/mil_models/model_multimodal.py',
    pathwaySizes: HALLMARK_SIZES,
  },
  protocol: PROTOCOL,
  stacked: { 'coattn.0.attn.to_qkv.weight': ['query', 'key', 'value'] },
  configure,
  configureSmall: (shape) => ({ ...configure(shape), ...{ width: 64, embedding: 8 } }),
  weightShapes,
  ragged,
  frozen: ['panther.priors.m', 'panther.priors.V_', 'coattn.1.norm.weight', 'coattn.1.norm.bias'],
  initialWeights: (config, seed) =>
    initialWeights(weightShapes(config), seed, { law, ragged: ragged(config) }),
  create: mmp,
};
