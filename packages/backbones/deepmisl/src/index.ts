export { backbone } from './backbone.js';
export { weightShapes, type DeepMislConfig } from './config.js';
export { deepMisl } from './deepmisl.js';
