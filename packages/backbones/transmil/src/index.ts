export { backbone } from './backbone.js';
export { weightShapes, type TransMilConfig } from './config.js';
export { transmil } from './transmil.js';
