import { distinctGenes, SURVPATH_PROTOCOL, type Backbone } from '@concord/backbone';
import { INITIAL, initialWeights } from '@concord/nn';
import { weightShapes, type SnnOmicsConfig } from './config.js';
import { snnOmics } from './snnomics.js';

/** Width of both hidden layers, as published. */
const WIDTH = 256;

/** SNNOmics as Concord finds it; its protocol is that of scripts/snn.sh. */
export const backbone: Backbone<SnnOmicsConfig> = {
  name: 'snnomics',
  title: 'a self-normalising network over all genes',
  reads: { genes: true, patches: false },
  source: 'arXiv 1706.02515; mahmoodlab/SurvPath@3f73ddd, models/model_SNNOmics.py',
  published: { repository: 'mahmoodlab/SurvPath', commit: '3f73ddd', file: 'models/model_SNNOmics.py' },
  protocol: {
    ...SURVPATH_PROTOCOL,
    optimizer: { ...SURVPATH_PROTOCOL.optimizer, weightDecay: 1e-4 },
  },
  configure: (shape) => ({ genePositions: distinctGenes(shape), width: WIDTH, bins: shape.bins }),
  weightShapes,
  initialWeights: (config, seed) =>
    initialWeights(weightShapes(config), seed, {
      law: (name) => (name.endsWith('bias') ? INITIAL.zeros : INITIAL.selfNormalising),
    }),
  create: snnOmics,
};
