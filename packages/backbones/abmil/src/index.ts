export { backbone } from './backbone.js';
export { weightShapes, type AbmilConfig } from './config.js';
export { abmil } from './abmil.js';
