import type { Backbone } from '@concord/backbone';
import { backbone as original, type McatConfig } from '@concord/backbone-mcat';

/** Genes of `signatures.csv` that are among the 4,999 of the combined pathways. */
const COMBINE_GROUPS = [53, 173, 216, 252, 387, 200];

/** MCAT without its own protocol: SurvPath's holds instead. */
const { protocol: _protocol, ...model } = original;

/**
 * MCAT as the SurvPath repository has it: the same class, which gives logits back, on RNA of six gene families,
 * trained by that repository's protocol.
 *
 * @source mahmoodlab/SurvPath@3f73ddd, models/model_MCATPathways.py.
 */
export const backbone: Backbone<McatConfig> = {
  ...model,
  name: 'mcat-pathways',
  title: 'MCAT as the SurvPath repository trains it',
  source: 'Chen et al. 2021, ICCV; mahmoodlab/SurvPath@3f73ddd, models/model_MCATPathways.py',
  published: {
    repository: 'mahmoodlab/SurvPath',
    commit: '3f73ddd',
    file: 'models/model_MCATPathways.py',
    patchWidth: 1024,
    pathwaySizes: COMBINE_GROUPS,
  },
};
