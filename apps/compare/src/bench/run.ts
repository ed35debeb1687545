import type { RunBench } from '../commands/bench.js';

/** Not built yet: measures the training step of both stacks. */
export const runBench: RunBench = () =>
  Promise.reject(new Error('the benchmark is not part of this build yet'));
