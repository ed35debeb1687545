export { parameterCount, weightShapes, type SurvPathConfig } from './config.js';
export { initialWeights } from './initialWeights.js';
export { survpath, type ForwardOptions, type SurvPath, type SurvPathCase } from './survpath.js';
