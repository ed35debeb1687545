export { backbone } from './backbone.js';
export { weightShapes, type SurvPathConfig } from './config.js';
export { survpath } from './survpath.js';
