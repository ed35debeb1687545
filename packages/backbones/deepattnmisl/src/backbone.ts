import { movedToCuda, type Backbone } from '@concord/backbone';
import { INITIAL, initialWeights } from '@concord/nn';
import { weightShapes, type DeepAttnMislConfig } from './config.js';
import { deepAttnMisl } from './deepattnmisl.js';

/** Width of an embedded patch, and clusters of a case, as published. */
const WIDTH = 64;
const CLUSTERS = 10;

/** DeepAttnMISL as Concord finds it; its protocol is that of main.py. */
export const backbone: Backbone<DeepAttnMislConfig> = {
  name: 'deepattnmisl',
  title: 'patches averaged by cluster, clusters pooled by attention',
  reads: { genes: false, patches: true, clusters: CLUSTERS },
  source: 'doi 10.1016/j.media.2020.101789; uta-smile/DeepAttnMISL@d7099ed, DeepAttnMISL_model.py',
  published: {
    repository: 'uta-smile/DeepAttnMISL',
    commit: 'd7099ed',
    file: 'DeepAttnMISL_model.py',
    patchWidth: 4096,
    helped: [
      ...movedToCuda('main.py', [54, 55]),
      {
        file: 'main.py',
        line: 13,
        detail:
          'imports the loader, and that torchvision; the file also parses arguments as it is imported. Only its ' +
          'function _neg_partial_log was run here',
      },
    ],
  },
  protocol: {
    optimizer: { name: 'adam', lr: 1e-4, weightDecay: 5e-4, betas: [0.9, 0.999], eps: 1e-8 },
    loss: { name: 'cox', ties: 'breslow', dividedBy: 'cases' },
    batch: 16,
    accumulate: 1,
    // Of all parameters the published loop penalises the first and the last: its sum is the else of a for.
    l1: { lambda: 1e-5, prefixes: ['embedding_net.0.weight', 'fc6.3.bias'] },
  },
  configure: ({ patchWidth }) => ({ patchWidth, width: WIDTH, clusters: CLUSTERS }),
  weightShapes,
  initialWeights: (config, seed) => initialWeights(weightShapes(config), seed, { law: () => INITIAL.linear }),
  create: deepAttnMisl,
};
