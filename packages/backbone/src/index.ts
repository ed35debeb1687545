// What a backbone is
export type {
  Backbone,
  BackboneModel,
  BatchCase,
  CaseInput,
  ForwardOptions,
  InputShape,
  Modalities,
  Output,
  PlugInSizes,
  PublishedClass,
  PublishedFile,
  PublishedHelp,
} from './backbone.js';
export { movedToCuda } from './movedToCuda.js';
export { NYSTROM_ATTENTION, SURVPATH_TRAINING } from './publishedFiles.js';

// What its forward pass is written with
export { plugIn, plugInCall, plugInNone, plugInOne, type TokenBags } from './plugIn.js';

// How it is trained
export {
  MCAT_PROTOCOL,
  SURVPATH_PROTOCOL,
  type LossSpec,
  type OptimizerSpec,
  type Protocol,
} from './protocol.js';
export { batchLoss, trainingObjective, type LabelledPass, type ObjectiveOptions } from './objective.js';
export { lossGradients, type GradientOptions, type LossGradients } from './lossGradients.js';
export { openOptimiser } from './openOptimiser.js';
export { comparesCases, predict, survivalLoss } from './survivalLoss.js';

// What is asked of it
export { distinctGenes, pathwaySizes } from './genes.js';
export { isApplicable, moduleDraws } from './moduleDraws.js';
export { parameterCount } from './parameterCount.js';

// Its weights outside
export { fromStateDict, StateDictError, toStateDict, type Ragged, type StateDict } from './stateDict.js';
