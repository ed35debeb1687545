// What a backbone is
export type {
  Backbone,
  BackboneModel,
  CaseInput,
  ForwardOptions,
  InputShape,
  Modalities,
  Output,
  PlugInSizes,
  PublishedClass,
  Weights,
} from './backbone.js';
export { SURVPATH_PROTOCOL, type Protocol } from './protocol.js';

// What its forward pass is written with
export { openPass, type Pass } from './pass.js';
export { plugIn, plugInOne, type TokenBags } from './plugIn.js';

// What is asked of it
export { distinctGenes, pathwaySizes } from './genes.js';
export { isApplicable, moduleDraws } from './moduleDraws.js';
export { parameterCount } from './parameterCount.js';
