import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lastWords } from '../explain.mjs';
import { run } from '../run.mjs';
import { FLAGS } from './plan.mjs';

/** The binding does not compile, or does not load: wasm takes over. */
export class NoBinding extends Error {}

/**
 * Compile the Node binding against the unpacked libraries, once for all checkouts. The caller holds the lock.
 *
 * @param {import('./plan.mjs').NativePlan} plan
 * @param {NodeJS.ProcessEnv} env
 * @throws {NoBinding}
 */
export async function compileBinding({ compiler, compiled, folder, sources, include }, env) {
  if (existsSync(compiled)) return;
  if (!compiler) throw new NoBinding('there is no C++ compiler');
  mkdirSync(dirname(compiled), { recursive: true });
  const libraries = join(folder, 'tensorflow');
  const partial = `${compiled}.partial`;
  const result = await run(
    compiler,
    [
      ...FLAGS,
      ...include.map((path) => `-I${path}`),
      ...sources,
      ...[`-L${libraries}`, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'],
      ...['-Xlinker', '-rpath', '-Xlinker', libraries],
      ...['-o', partial],
    ],
    { env },
  );
  if (result.code !== 0) {
    throw new NoBinding(`${compiler} cannot compile the binding (${lastWords(result.output)})`);
  }
  renameSync(partial, compiled);
}

/**
 * Load the binding in a process of its own.
 *
 * @param {string} file
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string>} TensorFlow's version, as the library itself tells it
 * @throws {NoBinding}
 */
export async function loadedVersion(file, env) {
  const program = 'process.stdout.write(`\\nTensorFlow=${require(process.argv[1]).TF_Version}\\n`)';
  const result = await run(process.execPath, ['-e', program, file], {
    env: { ...env, TF_CPP_MIN_LOG_LEVEL: '2' },
  });
  const version = /^TensorFlow=(\S+)$/m.exec(result.output)?.[1];
  if (result.code !== 0 || !version) {
    throw new NoBinding(`the native library does not load (${lastWords(result.output)})`);
  }
  return version;
}
