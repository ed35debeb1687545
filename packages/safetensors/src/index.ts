export { type Dtype, type TensorArray, type TensorData } from './dtype.js';
export { SafetensorsError } from './error.js';
export { type TensorInfo } from './header.js';
export { openSafetensors, type OpenOptions, type SafetensorsFile } from './read.js';
export { createSafetensors, type SafetensorsStream, type TensorPlan } from './stream.js';
export { writeSafetensors } from './write.js';
