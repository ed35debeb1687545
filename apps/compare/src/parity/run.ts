import type { RunParity } from './types.js';

/** Not built yet: drives both stacks and compares them. */
export const runParity: RunParity = () =>
  Promise.reject(new Error('the parity run is not part of this build yet'));
