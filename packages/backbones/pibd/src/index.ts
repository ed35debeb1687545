export { backbone } from './backbone.js';
export { tokenCounts, weightShapes, type PibdConfig, type TokenCounts } from './config.js';
export { pibd } from './pibd.js';
