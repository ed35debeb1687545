import { SURVPATH_PROTOCOL, type Backbone } from '@concord/backbone';
import { initialWeights } from '@concord/nn';
import { abmil } from './abmil.js';
import { weightShapes, type AbmilConfig } from './config.js';

/** Width of an embedded patch, as published. */
const WIDTH = 256;

/** ABMIL as Concord finds it; its protocol is that of scripts/abmil.sh. */
export const backbone: Backbone<AbmilConfig> = {
  name: 'abmil',
  title: 'patches pooled by gated attention',
  reads: { genes: false, patches: true },
  source: 'arXiv 1802.04712; mahmoodlab/SurvPath@3f73ddd, models/model_ABMIL.py',
  published: {
    repository: 'mahmoodlab/SurvPath',
    commit: '3f73ddd',
    file: 'models/model_ABMIL.py',
    patchWidth: 1024,
  },
  protocol: {
    ...SURVPATH_PROTOCOL,
    optimizer: { ...SURVPATH_PROTOCOL.optimizer, lr: 1e-3, weightDecay: 1e-4 },
  },
  configure: ({ patchWidth, bins }) => ({ patchWidth, width: WIDTH, bins }),
  weightShapes,
  initialWeights: (config, seed) => initialWeights(weightShapes(config), seed),
  create: abmil,
};
