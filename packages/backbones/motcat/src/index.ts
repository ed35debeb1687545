export { backbone } from './backbone.js';
export { weightShapes, type MotcatConfig } from './config.js';
export { motcat } from './motcat.js';
export { transportedPatches } from './transportedPatches.js';
