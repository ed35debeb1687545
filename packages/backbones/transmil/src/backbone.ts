import { movedToCuda, NYSTROM_ATTENTION, SURVPATH_TRAINING, type Backbone } from '@concord/backbone';
import { INITIAL, initialWeights } from '@concord/nn';
import { weightShapes, type TransMilConfig } from './config.js';
import { transmil } from './transmil.js';

/** Width of a token, as published and for comparisons. */
const WIDTH = 512;
const SMALL_WIDTH = 64;

/**
 * TransMIL as Concord finds it. It was published for slide classes: its protocol here is SurvPath's, for want of
 * one of its own for survival.
 */
export const backbone: Backbone<TransMilConfig> = {
  name: 'transmil',
  title: 'Nyström attention over patches, with position encoding on a square',
  reads: { genes: false, patches: true },
  source: 'arXiv 2106.00908; szc19990412/TransMIL@9d6aee5, models/TransMIL.py',
  published: {
    repository: 'szc19990412/TransMIL',
    commit: '9d6aee5',
    file: 'models/TransMIL.py',
    helped: movedToCuda('models/TransMIL.py', [73]),
    beside: [NYSTROM_ATTENTION, SURVPATH_TRAINING],
    patchWidth: 1024,
  },
  stacked: {
    'layer1.attn.to_qkv.weight': ['query', 'key', 'value'],
    'layer2.attn.to_qkv.weight': ['query', 'key', 'value'],
  },
  configure: ({ patchWidth, bins }) => ({ patchWidth, width: WIDTH, bins, keep: 'last' }),
  configureSmall: ({ patchWidth, bins }) => ({ patchWidth, width: SMALL_WIDTH, bins, keep: 'last' }),
  weightShapes,
  initialWeights: (config, seed) => initialWeights(weightShapes(config), seed, { law }),
  create: transmil,
};

function law(name: string) {
  return name === 'cls_token' ? INITIAL.standardNormal : undefined;
}
