import { memory } from '@tensorflow/tfjs-core';

/** Run something and fail unless as many tensors live after it as before. */
export function expectNoLeak<T>(run: () => T): T {
  const before = memory().numTensors;
  const result = run();
  const left = memory().numTensors - before;
  if (left !== 0) throw new Error(`${left > 0 ? `${left} tensors leak` : `${-left} tensors too many freed`}`);
  return result;
}
