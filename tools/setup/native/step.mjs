import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withLock } from '../lock.mjs';
import { environmentPython } from '../paths.mjs';
import { readStamp, writeStamp } from '../stamp.mjs';
import { compileBinding, loadedVersion, NoBinding } from './compile.mjs';
import { fetchLibraries, NoWheel } from './libraries.mjs';
import { planNative, refuse } from './plan.mjs';

/**
 * What set-up found out about the native library; read by doctor.
 *
 * @typedef {object} NativeRecord
 * @property {'native' | 'wasm'} status
 * @property {'cpu' | 'gpu'} [variant]
 * @property {string} [tensorflow] its version
 * @property {string} [libraries] the shared folder that the binding is linked with
 * @property {string} [compiled] the binding in that folder
 * @property {string} [reason] why wasm
 */

/** @param {string} home @returns {NativeRecord | undefined} */
export function readRecord(home) {
  return readStamp(recordFile(home));
}

/** @param {string} home */
function recordFile(home) {
  return join(home, '.setup', 'native.json');
}

/**
 * The native TensorFlow behind @tensorflow/tfjs-node-gpu. Where it cannot be had, a record says why and wasm takes over.
 *
 * @param {import('../step.mjs').Place} place
 * @returns {import('../step.mjs').Step}
 */
export function nativeStep({ home, env }) {
  const tfjsNode = join(home, 'node_modules', '@tensorflow', 'tfjs-node-gpu');
  const placed = join(tfjsNode, 'lib', 'napi-v8', 'tfjs_binding.node');

  /** @param {string} reason */
  const settleForWasm = (reason) => {
    rmSync(placed, { force: true });
    writeStamp(recordFile(home), { status: 'wasm', reason });
  };

  return {
    title: 'native TensorFlow',
    isDue() {
      if (!existsSync(tfjsNode)) return true;
      const record = readRecord(home);
      const plan = planNative({ home, env });
      if (plan.kind === 'wasm') return record?.reason !== plan.reason || existsSync(placed);
      return (
        record?.status !== 'native' ||
        record.compiled !== plan.compiled ||
        !existsSync(placed) ||
        !existsSync(join(plan.folder, 'tensorflow'))
      );
    },
    async run(progress) {
      const plan = planNative({ home, env });
      if (plan.kind === 'wasm') return settleForWasm(plan.reason);
      const { note } = progress;
      try {
        const tensorflow = await withLock(
          `${plan.folder}.lock`,
          async () => {
            await fetchLibraries(plan, { python: environmentPython(home), env, note });
            note('compiling the binding');
            await compileBinding(plan, env);
            return loadedVersion(plan.compiled, env);
          },
          (holder) => note(`waiting for ${holder}, which is preparing it`),
        );
        mkdirSync(dirname(placed), { recursive: true });
        copyFileSync(plan.compiled, `${placed}.partial`);
        renameSync(`${placed}.partial`, placed);
        const { variant, folder, compiled } = plan;
        writeStamp(recordFile(home), { status: 'native', variant, tensorflow, libraries: folder, compiled });
      } catch (error) {
        if (!(error instanceof NoWheel || error instanceof NoBinding)) throw error;
        settleForWasm(refuse(env['CONCORD_TENSORFLOW'], error.message).reason);
      }
    },
  };
}
