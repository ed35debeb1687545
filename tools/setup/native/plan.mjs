import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cacheFolder } from '../paths.mjs';
import { SetupProblem } from '../problem.mjs';
import { digest } from '../stamp.mjs';
import { findCompiler } from './compiler.mjs';
import { hasNvidiaDevice } from './nvidia.mjs';
import { pinnedWheel } from './wheels.mjs';

/**
 * What to link, and where it lies; or why TensorFlow.js's own wasm backend has to do.
 *
 * @typedef {object} NativePlan
 * @property {'native'} kind
 * @property {'cpu' | 'gpu'} variant
 * @property {import('./wheels.mjs').Wheel} wheel
 * @property {string} folder the unpacked wheel, shared between checkouts
 * @property {string} compiled the binding, compiled against it
 * @property {string | undefined} compiler not needed when the binding is there already
 * @property {string[]} sources
 * @property {string[]} include
 *
 * @typedef {{ kind: 'wasm', reason: string }} WasmPlan
 */

/**
 * Version 8 of Node's stable interface, which every Node we accept has; the flags that TensorFlow 2.21's headers
 * need; what lets our own step be vectorised while it rounds as written; and what native/signals.cc stands before.
 */
export const FLAGS = [
  ...['-O3', '-ffp-contract=off', '-fno-math-errno'],
  ...['-shared', '-fPIC', '-std=c++17', '-DNAPI_VERSION=8'],
  ...['TFE_NewContext', 'TFE_Execute'].flatMap((name) => ['-Xlinker', `--wrap=${name}`]),
];

/**
 * @param {import('../step.mjs').Place} place after its npm packages are installed
 * @param {{ platform: string, arch: string }} machine
 * @returns {NativePlan | WasmPlan}
 * @throws {SetupProblem} if CONCORD_TENSORFLOW is not a choice, or asks for what cannot be had
 */
export function planNative({ home, env }, machine = process) {
  const asked = env['CONCORD_TENSORFLOW'] || undefined;
  if (asked !== undefined && asked !== 'cpu' && asked !== 'gpu' && asked !== 'wasm') {
    throw new SetupProblem(`CONCORD_TENSORFLOW is ${asked}; expected cpu, gpu or wasm.`);
  }
  if (asked === 'wasm') return { kind: 'wasm', reason: 'CONCORD_TENSORFLOW asks for wasm' };
  const variant = asked ?? (hasNvidiaDevice(env) && pinnedWheel('gpu', machine.arch) ? 'gpu' : 'cpu');
  const wheel = machine.platform === 'linux' ? pinnedWheel(variant, machine.arch) : undefined;
  if (!wheel) {
    return refuse(
      asked,
      `no native TensorFlow is prepared for ${variant} on ${machine.platform} ${machine.arch}`,
    );
  }
  const binding = join(home, 'node_modules', '@tensorflow', 'tfjs-node-gpu');
  const headers = join(home, 'node_modules', 'node-api-headers', 'include');
  const folder = join(cacheFolder(env), `tensorflow-${wheel.version}-${variant}-${machine.arch}`);
  const own = join(home, 'packages', 'nn', 'native');
  const compiled = join(folder, `binding-${bindingKey(binding, own, wheel)}`, 'tfjs_binding.node');
  const compiler = findCompiler(env);
  if (!compiler && !existsSync(compiled)) {
    const missing = env['CXX'] ? `CXX names ${env['CXX']}, which is not there` : 'there is no C++ compiler';
    return refuse(asked, `${missing}; install one (Debian, Ubuntu: apt install g++) and run npm run setup`);
  }
  return {
    kind: 'native',
    variant,
    wheel,
    folder,
    compiled,
    compiler,
    sources: [
      ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(binding, 'binding', name)),
      ...filesIn(own).filter((file) => file.endsWith('.cc')),
    ],
    include: [binding, join(folder, 'tensorflow', 'include'), headers],
  };
}

/**
 * A demand that cannot be met is an error; without one, wasm takes over.
 *
 * @param {string | undefined} asked
 * @param {string} reason
 * @returns {WasmPlan}
 */
export function refuse(asked, reason) {
  if (asked === 'cpu' || asked === 'gpu') {
    throw new SetupProblem(`CONCORD_TENSORFLOW asks for ${asked}, but ${reason}.`);
  }
  return { kind: 'wasm', reason };
}

/** @param {string} binding @param {string} own @param {import('./wheels.mjs').Wheel} wheel */
function bindingKey(binding, own, wheel) {
  const files = [...filesIn(join(binding, 'binding')), ...filesIn(own)];
  return digest([
    wheel.sha256,
    ...FLAGS,
    ...files.flatMap((file) => [basename(file), readFileSync(file)]),
  ]).slice(0, 16);
}

/** @param {string} folder */
function filesIn(folder) {
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
}
