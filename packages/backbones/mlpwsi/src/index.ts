export { backbone } from './backbone.js';
export { weightShapes, type MlpWsiConfig } from './config.js';
export { mlpWsi } from './mlpwsi.js';
