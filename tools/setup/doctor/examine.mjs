import { existsSync } from 'node:fs';
import { freeBytes } from '../explain.mjs';
import { findCompiler } from '../native/compiler.mjs';
import { nodeProblem } from '../node-version.mjs';
import { npmCommand, npmStep } from '../npm-step.mjs';
import { cacheFolder } from '../paths.mjs';
import { run } from '../run.mjs';
import { examineBackend } from './backend.mjs';
import { examinePython } from './python.mjs';

/**
 * What doctor found. Sizes are in bytes; null where there is no such thing.
 *
 * @typedef {object} Findings
 * @property {1} schema
 * @property {string} node
 * @property {string | null} npm
 * @property {import('./python.mjs').Python} python
 * @property {string | null} compiler
 * @property {import('./backend.mjs').Backend} backend
 * @property {{ checkout: number, cache: number, sharedMemory: number | null }} free
 * @property {string[]} missing each a sentence that says what to do
 */

/**
 * Look at this machine and this checkout, without changing either.
 *
 * @param {import('../step.mjs').Place} place
 * @returns {Promise<Findings>}
 */
export async function examine(place) {
  const { home, env } = place;
  const [npmProgram, ...npmPrefix] = npmCommand(env);
  const npm = await firstLine(npmProgram, [...npmPrefix, '--version'], env);
  const compilerFile = findCompiler(env);
  const compiler = compilerFile ? await firstLine(compilerFile, ['--version'], env) : null;
  const python = await examinePython(place);
  const backend = await examineBackend(place);

  const missing = [nodeProblem(), python.problem, backend.problem].filter((problem) => problem !== undefined);
  if (!npm) missing.push('npm is not in PATH; install it (it comes with Node).');
  if (npmStep(place).isDue())
    missing.push('The npm packages are not installed or not in step; run npm run setup.');

  const cache = cacheFolder(env);
  const free = {
    checkout: freeBytes(home),
    cache: freeBytes(existsSync(cache) ? cache : home),
    sharedMemory: existsSync('/dev/shm') ? freeBytes('/dev/shm') : null,
  };
  return { schema: 1, node: process.versions.node, npm, python, compiler, backend, free, missing };
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
async function firstLine(command, args, env) {
  const { code, output } = await run(command, args, { env });
  return code === 0 ? (output.trim().split('\n')[0] ?? null) : null;
}
