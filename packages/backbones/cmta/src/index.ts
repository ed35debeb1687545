export { backbone } from './backbone.js';
export { cmta } from './cmta.js';
export { weightShapes, type CmtaConfig } from './config.js';
