export { backbone } from './backbone.js';
export { weightShapes, type SnnOmicsConfig } from './config.js';
export { snnOmics } from './snnomics.js';
