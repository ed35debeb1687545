export { backbone } from './backbone.js';
export { weightShapes, type MaskedOmicsConfig } from './config.js';
export { maskedOmics } from './maskedomics.js';
