export { initBackend, isNative, type BackendChoice, type BackendInfo } from './backend.js';
export { drawValues, type Draw, type DrawnValues } from './draws.js';
export { requireShape, ShapeError } from './shape.js';
export { type Mode, type Tap } from './tap.js';
export { drawTape, Tape, TapeError, type TapeReader } from './tape.js';
