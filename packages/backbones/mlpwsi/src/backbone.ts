import { distinctGenes, SURVPATH_PROTOCOL, type Backbone } from '@concord/backbone';
import { initialWeights } from '@concord/nn';
import { weightShapes, type MlpWsiConfig } from './config.js';
import { mlpWsi } from './mlpwsi.js';

/** Width of a token, as published. */
const WIDTH = 256;

const FILE = 'models/model_MLPWSI.py';
const UNUSED = 'imports x_transformers, which it never uses; an empty stand-in was imported here';

/** MLPWSI as Concord finds it; its protocol is that of scripts/mlp_wsi.sh. */
export const backbone: Backbone<MlpWsiConfig> = {
  name: 'mlpwsi',
  title: 'one token of all genes and patch tokens, fused by cross attention',
  reads: { genes: true, patches: true },
  source: `mahmoodlab/SurvPath@3f73ddd, ${FILE}`,
  published: {
    repository: 'mahmoodlab/SurvPath',
    commit: '3f73ddd',
    file: FILE,
    helped: [
      { file: FILE, line: 4, detail: UNUSED },
      { file: FILE, line: 11, detail: UNUSED },
    ],
  },
  protocol: {
    ...SURVPATH_PROTOCOL,
    optimizer: { ...SURVPATH_PROTOCOL.optimizer, weightDecay: 1e-4 },
  },
  stacked: { 'cross_attender.attn.to_qkv.weight': ['query', 'key', 'value'] },
  configure: (shape) => ({
    genePositions: distinctGenes(shape),
    patchWidth: shape.patchWidth,
    width: WIDTH,
    bins: shape.bins,
  }),
  weightShapes,
  initialWeights: (config, seed) => initialWeights(weightShapes(config), seed),
  create: mlpWsi,
};
