import { MCAT_PROTOCOL, pathwaySizes, type Backbone, type InputShape } from '@concord/backbone';
import { weightShapes, type McatConfig } from './config.js';
import { initialWeights, ragged, SELF_ATTENTIONS, stacked } from './initialWeights.js';
import { mcat } from './mcat.js';

/** Gene groups of `signatures.csv` for BLCA: mutation, CNV and RNA features. */
export const BLCA_GROUPS = [94, 334, 521, 468, 1495, 479] as const;

/** The published widths. */
export function configure(shape: InputShape): McatConfig {
  const { patchWidth, bins } = shape;
  return { pathwaySizes: pathwaySizes(shape), patchWidth, width: 256, hidden: 512, bins };
}

/** MCAT's widths for comparisons, of any of its copies. */
export const SMALL = { width: 64, hidden: 96 } as const;

/** MCAT as Concord finds it. */
export const backbone: Backbone<McatConfig> = {
  name: 'mcat',
  title: 'gene groups look at patches by co-attention; a Transformer for each modality',
  reads: { genes: true, patches: true },
  source: 'Chen et al. 2021, ICCV; mahmoodlab/MCAT@b9cca63, models/model_coattn.py',
  published: {
    repository: 'mahmoodlab/MCAT',
    commit: 'b9cca63',
    file: 'models/model_coattn.py',
    patchWidth: 1024,
    pathwaySizes: BLCA_GROUPS,
    helped: [
      {
        file: 'models/model_coattn.py',
        line: 474,
        detail:
          'imports torch.nn.modules.linear._LinearWithBias, which torch has not had since 1.9; while the file is imported, NonDynamicallyQuantizableLinear stands under that name',
      },
      {
        file: 'utils/utils.py',
        line: 21,
        detail:
          'the file of the loss imports torch_geometric (and torchvision, line 10), which the loss never uses; where they are not installed, empty packages stand in while it is imported',
      },
    ],
  },
  protocol: MCAT_PROTOCOL,
  stacked: stacked(['coattn', ...SELF_ATTENTIONS]),
  configure,
  configureSmall: (shape) => ({ ...configure(shape), ...SMALL }),
  weightShapes,
  ragged,
  initialWeights: (config, seed) => initialWeights(weightShapes(config), config, seed),
  create: mcat,
};
