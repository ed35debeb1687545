export { backbone } from './backbone.js';
export { weightShapes, type DeepAttnMislConfig } from './config.js';
export { deepAttnMisl } from './deepattnmisl.js';
