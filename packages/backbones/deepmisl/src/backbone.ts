import { SURVPATH_PROTOCOL, type Backbone } from '@concord/backbone';
import { initialWeights } from '@concord/nn';
import { weightShapes, type DeepMislConfig } from './config.js';
import { deepMisl } from './deepmisl.js';

/** Widths as published. */
const WIDTHS = { width: 512, caseWidth: 256 } as const;

/** DeepMISL as Concord finds it; its protocol is that of scripts/deepmisl.sh. */
export const backbone: Backbone<DeepMislConfig> = {
  name: 'deepmisl',
  title: 'patches embedded and summed, as Deep Sets',
  reads: { genes: false, patches: true },
  source: 'arXiv 1703.06114; mahmoodlab/SurvPath@3f73ddd, models/model_DeepMISL.py',
  published: {
    repository: 'mahmoodlab/SurvPath',
    commit: '3f73ddd',
    file: 'models/model_DeepMISL.py',
    patchWidth: 1024,
  },
  protocol: {
    ...SURVPATH_PROTOCOL,
    optimizer: { ...SURVPATH_PROTOCOL.optimizer, lr: 1e-3, weightDecay: 1e-4 },
  },
  configure: ({ patchWidth, bins }) => ({ patchWidth, ...WIDTHS, bins }),
  weightShapes,
  initialWeights: (config, seed) => initialWeights(weightShapes(config), seed),
  create: deepMisl,
};
