import { distinctGenes, movedToCuda, SURVPATH_PROTOCOL, type Backbone } from '@concord/backbone';
import { initialWeights } from '@concord/nn';
import { weightShapes, type MlpOmicsConfig } from './config.js';
import { mlpOmics } from './mlpomics.js';

/** Width of both hidden layers: half of the published projection of 64. */
const WIDTH = 32;

const FILE = 'models/model_MLPOmics.py';

/** MLPOmics as Concord finds it; its protocol is that of scripts/omics.sh. */
export const backbone: Backbone<MlpOmicsConfig> = {
  name: 'mlpomics',
  title: 'a multilayer perceptron over all genes',
  reads: { genes: true, patches: false },
  source: `mahmoodlab/SurvPath@3f73ddd, ${FILE}`,
  published: {
    repository: 'mahmoodlab/SurvPath',
    commit: '3f73ddd',
    file: FILE,
    helped: movedToCuda(FILE, [34, 37]),
  },
  protocol: {
    ...SURVPATH_PROTOCOL,
    optimizer: { ...SURVPATH_PROTOCOL.optimizer, weightDecay: 1e-4 },
  },
  configure: (shape) => ({ genePositions: distinctGenes(shape), width: WIDTH, bins: shape.bins }),
  weightShapes,
  initialWeights: (config, seed) => initialWeights(weightShapes(config), seed),
  create: mlpOmics,
};
