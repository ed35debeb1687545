import type { PublishedFile } from './backbone.js';

/** The package whose attention TransMIL and SurvPath's Nyström variant import. */
export const NYSTROM_ATTENTION: PublishedFile = {
  repository: 'lucidrains/nystrom-attention',
  commit: 'fbe9eba',
  file: 'nystrom_attention/nystrom_attention.py',
};

/** Loss and optimiser of SurvPath, for a class that was published without one of its own. */
export const SURVPATH_TRAINING: PublishedFile = {
  repository: 'mahmoodlab/SurvPath',
  commit: '3f73ddd',
  file: 'utils/loss_func.py',
};
