import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';

/** Which backend computes, and why not the native one where it is not. */
export interface BackendInfo {
  readonly name: 'tensorflow' | 'wasm';
  /** TensorFlow's version, for the native backend. */
  readonly tensorflow?: string;
  readonly gpu: boolean;
  /** Why the native library is not in use. */
  readonly notNative?: string;
}

export type BackendChoice = 'auto' | 'native' | 'wasm';

const require = createRequire(import.meta.url);
let ready: Promise<BackendInfo> | undefined;

/**
 * Load the native TensorFlow backend, or TensorFlow.js's WebAssembly one where there is no native library.
 * The first call decides for the whole process.
 *
 * @throws Error when `native` is demanded and cannot be loaded.
 */
export function initBackend(choice: BackendChoice = 'auto'): Promise<BackendInfo> {
  ready ??= load(choice);
  return ready;
}

async function load(choice: BackendChoice): Promise<BackendInfo> {
  if (choice === 'wasm') return loadWasm('wasm was asked for');
  try {
    return loadNative();
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0]! : String(error);
    if (choice === 'native') {
      throw new Error(`native TensorFlow cannot be loaded: ${reason}. Run npm run doctor.`, { cause: error });
    }
    return loadWasm(reason);
  }
}

interface NativeBackend {
  readonly binding: { readonly TF_Version: string };
  readonly isUsingGpuDevice: boolean;
}

function loadNative(): BackendInfo {
  const home = dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'));
  if (!existsSync(join(home, 'lib', 'napi-v8', 'tfjs_binding.node'))) {
    throw new Error('the native binding is not built');
  }
  // TensorFlow reports its CPU features on every start; warnings and errors still come through.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '1';
  // Node 23 removed a helper that tfjs-node 4.22 still calls.
  const legacy = util as unknown as { isNullOrUndefined?: (value: unknown) => boolean };
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
  require('@tensorflow/tfjs-node-gpu');
  const backend = tf.backend() as unknown as NativeBackend;
  return { name: 'tensorflow', tensorflow: backend.binding.TF_Version, gpu: backend.isUsingGpuDevice };
}

async function loadWasm(notNative: string): Promise<BackendInfo> {
  // The core package alone knows no gradients; the native backend brings them along.
  require('@tensorflow/tfjs');
  const wasm = require('@tensorflow/tfjs-backend-wasm') as { setWasmPaths(folder: string): void };
  wasm.setWasmPaths(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + sep);
  if (!(await tf.setBackend('wasm')))
    throw new Error('neither native TensorFlow nor its wasm backend starts');
  return { name: 'wasm', gpu: false, notNative };
}

/** True when raw TensorFlow operations can be executed. */
export function isNative(): boolean {
  return tf.getBackend() === 'tensorflow';
}
