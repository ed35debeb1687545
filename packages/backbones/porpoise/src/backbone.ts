import { distinctGenes, MCAT_PROTOCOL, type Backbone, type InputShape } from '@concord/backbone';
import { initialWeights } from '@concord/nn';
import { weightShapes, type PorpoiseConfig } from './config.js';
import { porpoise } from './porpoise.js';

function configure(shape: InputShape): PorpoiseConfig {
  return {
    genes: distinctGenes(shape),
    patchWidth: shape.patchWidth,
    tokenWidth: 512,
    width: 256,
    scale: 8,
    gated: false,
    skip: false,
    bins: shape.bins,
  };
}

/**
 * PORPOISE's multimodal fusion as Concord finds it, with the defaults of the published parser and bilinear fusion.
 *
 * The gates are shut, yet their layers are trained: the L1 penalty of `--reg_type pathomic` reaches them.
 */
export const backbone: Backbone<PorpoiseConfig> = {
  name: 'porpoise',
  title: 'attention-pooled patches and genes, bilinear fusion',
  reads: { genes: true, patches: true },
  source: 'Chen et al. 2022, Cancer Cell; mahmoodlab/PORPOISE@3390dc4, models/model_porpoise.py',
  published: {
    repository: 'mahmoodlab/PORPOISE',
    commit: '3390dc4',
    file: 'models/model_porpoise.py',
    patchWidth: 1024,
    pathwaySizes: [2181],
    helped: [
      {
        file: 'models/model_porpoise.py',
        line: 116,
        detail:
          'makes the constant of the fusion by torch.cuda.FloatTensor, here and at line 117; run here with the constructor for the CPU under that name',
      },
    ],
  },
  protocol: { ...MCAT_PROTOCOL, l1: { lambda: 1e-5, prefixes: ['fc_omic.', 'mm.'] } },
  configure,
  configureSmall: (shape) => ({ ...configure(shape), ...{ tokenWidth: 96, width: 64 } }),
  weightShapes,
  initialWeights: (config, seed) => initialWeights(weightShapes(config), seed),
  create: porpoise,
};
