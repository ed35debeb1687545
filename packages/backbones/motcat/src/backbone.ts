import { MCAT_PROTOCOL, movedToCuda, type Backbone } from '@concord/backbone';
import {
  BLCA_GROUPS,
  configure,
  initialWeights,
  ragged,
  SELF_ATTENTIONS,
  SMALL,
  stacked,
} from '@concord/backbone-mcat';
import { weightShapes, type MotcatConfig } from './config.js';
import { motcat } from './motcat.js';

/**
 * The kernel is the one that POT had as its default in the version that the repository pins; ε is that of its
 * command for BLCA.
 */
const TRANSPORT = { reg: 0.05, regM: 0.5, kernel: 'entropy' } as const;

/** MOTCat as Concord finds it. */
export const backbone: Backbone<MotcatConfig> = {
  name: 'motcat',
  title: 'MCAT with unbalanced optimal transport in place of co-attention',
  reads: { genes: true, patches: true },
  source: 'Xu and Chen 2023, ICCV; Innse/MOTCat@fe70abc, models/model_motcat.py',
  published: {
    repository: 'Innse/MOTCat',
    commit: 'fe70abc',
    file: 'models/model_motcat.py',
    patchWidth: 1024,
    pathwaySizes: BLCA_GROUPS,
    helped: [
      ...movedToCuda('models/model_motcat.py', [56]),
      {
        file: 'models/model_motcat.py',
        line: 54,
        detail:
          'leaves the kernel of the plan to POT, whose default has changed since: run here with reg_type entropy, the default of 0.9.3, which README.md (line 33) pins',
      },
      {
        file: 'utils/utils.py',
        line: 9,
        detail:
          'the file of the loss imports torchvision, which the loss never uses; where it is not installed, an empty package stands in while it is imported',
      },
    ],
  },
  protocol: MCAT_PROTOCOL,
  stacked: stacked(SELF_ATTENTIONS),
  configure: (shape) => ({ ...configure(shape), transport: TRANSPORT }),
  configureSmall: (shape) => ({ ...configure(shape), ...SMALL, transport: TRANSPORT }),
  weightShapes,
  ragged,
  initialWeights: (config, seed) => initialWeights(weightShapes(config), config, seed),
  create: motcat,
};
