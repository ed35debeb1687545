import * as tf from '@tensorflow/tfjs-core';
import { isNative } from './backend.js';
import { attribute, isOnGpu, rawEffect } from './native.js';

let known: boolean | undefined;

/**
 * Whether the binding brings Concord's own operations (packages/nn/native). They work on the CPU's memory, so that
 * on a GPU TensorFlow's are used.
 */
export function hasOwnOperations(): boolean {
  known ??= isNative() && !isOnGpu() && isRegistered();
  return known && isNative();
}

function isRegistered(): boolean {
  try {
    tf.tidy(() => {
      const one = () => tf.zeros([1]);
      rawEffect(
        'ConcordAdamSteps',
        [attribute.int('N', 1)],
        [one(), one(), one(), one(), one(), tf.zeros([2, 9])],
      );
    });
    return true;
  } catch {
    return false;
  }
}
