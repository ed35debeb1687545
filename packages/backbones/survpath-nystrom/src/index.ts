export { backbone } from './backbone.js';
export { weightShapes, type SurvPathNystromConfig } from './config.js';
export { survpathNystrom } from './survpathNystrom.js';
