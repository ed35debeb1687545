export { backbone } from './backbone.js';
export { weightShapes, type PorpoiseConfig } from './config.js';
export { porpoise } from './porpoise.js';
