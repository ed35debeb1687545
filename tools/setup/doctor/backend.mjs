import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lastWords } from '../explain.mjs';
import { hasNvidiaDevice } from '../native/nvidia.mjs';
import { readRecord } from '../native/step.mjs';
import { run } from '../run.mjs';

/**
 * What computes in this checkout.
 *
 * @typedef {object} Backend
 * @property {'tensorflow' | 'wasm' | null} name
 * @property {string | null} tensorflow the native library's version
 * @property {'cpu' | 'gpu' | null} variant of the native library
 * @property {string | null} notNative why the native library is not in use
 * @property {boolean} gpu whether a GPU computes
 * @property {string | null} notGpu why not
 * @property {string} [problem]
 */

// The binding itself says which devices TensorFlow sees; Node 23 lacks a helper that tfjs-node 4.22 calls.
const ASK = `
const util = require('node:util');
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
const tf = require('@tensorflow/tfjs-node-gpu');
const { binding, isUsingGpuDevice } = tf.backend();
process.stdout.write('\\nfound ' + JSON.stringify({ tensorflow: binding.TF_Version, gpu: isUsingGpuDevice }) + '\\n');`;

/**
 * @param {import('../step.mjs').Place} place
 * @returns {Promise<Backend>}
 */
export async function examineBackend({ home, env }) {
  const record = readRecord(home);
  const device = hasNvidiaDevice(env);
  if (record?.status === 'native') {
    const variant = record.variant ?? null;
    const { code, output } = await run(process.execPath, ['-e', ASK], {
      cwd: join(home, 'packages', 'nn'),
      env: { ...env, TF_CPP_MIN_LOG_LEVEL: '1' },
    });
    const found = /^found (.*)$/m.exec(output)?.[1];
    if (code === 0 && found) {
      const { tensorflow, gpu } = JSON.parse(found);
      const notGpu = gpu ? null : whyNoGpu(device, variant, output);
      return { name: 'tensorflow', tensorflow, variant, notNative: null, gpu, notGpu };
    }
    const notNative = `it does not load (${lastWords(output)})`;
    const problem = `The native library is recorded, but ${notNative}; run npm run setup.`;
    return { name: null, tensorflow: null, variant, notNative, gpu: false, notGpu: null, problem };
  }
  const notNative = record?.reason ?? 'it was not prepared; run npm run setup';
  const notGpu = 'the wasm backend computes on the CPU';
  const wasm = existsSync(join(home, 'node_modules', '@tensorflow', 'tfjs-backend-wasm'));
  return { name: wasm ? 'wasm' : null, tensorflow: null, variant: null, notNative, gpu: false, notGpu };
}

/**
 * @param {boolean} device
 * @param {'cpu' | 'gpu' | null} variant
 * @param {string} output what TensorFlow said while it started
 */
function whyNoGpu(device, variant, output) {
  if (!device) return 'no NVIDIA device is here';
  if (variant === 'cpu') {
    return 'an NVIDIA device is here, but the CPU library is linked; run CONCORD_TENSORFLOW=gpu npm run setup';
  }
  const said = output.split('\n').find((line) => /dlopen|cuda|cuInit|GPU/i.test(line));
  return said
    ? `TensorFlow says: ${said.trim()}`
    : 'TensorFlow does not use the NVIDIA device, and does not say why';
}
