import { movedToCuda, pathwaySizes, type Backbone, type InputShape, type Protocol } from '@concord/backbone';
import { INITIAL, initialWeights, type InitialLaw } from '@concord/nn';
import { weightShapes, type PibdConfig } from './config.js';
import { pibd } from './pibd.js';

const ragged = (config: PibdConfig) => ({ 'sig_networks.*.0.0.weight': config.pathwaySizes });

function law(name: string): InitialLaw | undefined {
  if (name.endsWith('.proxies')) return INITIAL.xavierUniform;
  return name === 'PoE.phi' ? INITIAL.ones : undefined;
}

/** @source zylbuaa/PIBD@bd5bd94, utils/process_args.py; its weight decay is parsed and never used. */
const PROTOCOL: Protocol = {
  optimizer: { name: 'adam', lr: 5e-4, weightDecay: 0, betas: [0.9, 0.999], eps: 1e-8 },
  loss: { name: 'nll', alpha: 0.5, eps: 1e-7, reduction: 'mean' },
  batch: 32,
  accumulate: 1,
};

function configure(shape: InputShape): PibdConfig {
  return {
    ...{ pathwaySizes: pathwaySizes(shape), patchWidth: shape.patchWidth, bins: shape.bins },
    ...{ width: 256, heads: 4, subBags: 8, subBagSize: 512, samples: 50, reseeds: false },
    ...{ ratioPatches: 0.5, ratioPathways: 0.8 },
  };
}

/** PIBD as Concord finds it. */
export const backbone: Backbone<PibdConfig> = {
  name: 'pibd',
  title: 'prototypical information bottlenecks, then disentangled attention',
  reads: { genes: true, patches: true },
  source: 'arXiv 2405.11839; zylbuaa/PIBD@bd5bd94, models/model_PIBD.py',
  published: {
    repository: 'zylbuaa/PIBD',
    commit: 'bd5bd94',
    file: 'models/model_PIBD.py',
    helped: movedToCuda('models/model_PIBD.py', [74, 77, 121, 124, 206, 207, 371, 431, 435]),
  },
  decides: true,
  protocol: PROTOCOL,
  stacked: {
    'PID.attn.qkv.weight': ['query', 'key', 'value'],
    'PID.attn.qkv.bias': ['query', 'key', 'value'],
  },
  configure,
  configureSmall: (shape) => ({ ...configure(shape), ...{ width: 64, subBags: 3, samples: 8 } }),
  weightShapes,
  ragged,
  initialWeights: (config, seed) =>
    initialWeights(weightShapes(config), seed, { law, ragged: ragged(config) }),
  create: pibd,
};
