export { backbone } from './backbone.js';
export { weightShapes, type HistologySoftmax, type MmpConfig } from './config.js';
export { mmp } from './mmp.js';
export { panther, type PantherPrior } from './panther.js';
