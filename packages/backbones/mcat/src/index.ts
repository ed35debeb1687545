export { backbone, BLCA_GROUPS, configure, SMALL } from './backbone.js';
export { embeddingShapes, summaryShapes, weightShapes, type McatConfig } from './config.js';
export { initialWeights, ragged, SELF_ATTENTIONS, stacked } from './initialWeights.js';
export { mcat, meetingModel, type Meeting } from './mcat.js';
