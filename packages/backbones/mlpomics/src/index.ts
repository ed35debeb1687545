export { backbone } from './backbone.js';
export { weightShapes, type MlpOmicsConfig } from './config.js';
export { mlpOmics } from './mlpomics.js';
