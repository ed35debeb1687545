import { readRecord } from './native/step.mjs';

/**
 * What computes here, in a few words.
 *
 * @param {string} home
 */
export function backendSummary(home) {
  const record = readRecord(home);
  if (record?.status === 'native') return `native TensorFlow ${record.tensorflow} (${record.variant})`;
  return `TensorFlow.js on wasm, slower: ${record?.reason ?? 'the native library was not prepared'}`;
}
