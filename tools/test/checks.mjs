import { join } from 'node:path';
import { environmentPython } from '../setup/paths.mjs';
import { stream } from './stream.mjs';

/**
 * A check passes or fails as a whole.
 *
 * @param {string} name
 * @param {(home: string) => [string, ...string[]]} command
 */
function check(name, command) {
  return async (/** @type {import('./typescript-tests.mjs').TestPlace} */ { home, env }) => {
    const [program, ...args] = command(home);
    const passed = (await stream(program, args, { cwd: home, env })) === 0;
    process.stdout.write(`${name}: ${passed ? 'passed' : 'FAILED'}\n`);
    return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 };
  };
}

/** @param {string} home @param {string[]} path */
const module = (home, ...path) => join(home, 'node_modules', ...path);

/** @param {string[]} command */
const ruff = (...command) => ['-m', 'ruff', ...command, '--quiet', 'python-bridge', 'tools'];

/** Types, which builds as well; the whole matrix of parity on what was built; lint and format on both sides. */
export const checks = [
  check('types', (home) => [process.execPath, module(home, 'typescript', 'bin', 'tsc'), '-b']),
  check('types of tools', (home) => [
    process.execPath,
    module(home, 'typescript', 'bin', 'tsc'),
    '-p',
    'tools',
  ]),
  check('parity of every backbone with every module', (home) => [
    process.execPath,
    join(home, 'apps', 'compare', 'dist', 'main.js'),
    ...['parity', '--backbone', 'all', '--module', 'all', '--steps', '10'],
    ...['--report', join(home, '.setup', 'test', 'parity.html')],
  ]),
  check('eslint', (home) => [process.execPath, module(home, 'eslint', 'bin', 'eslint.js'), '.']),
  check('prettier', (home) => [
    process.execPath,
    module(home, 'prettier', 'bin', 'prettier.cjs'),
    ...['--check', '--log-level', 'warn', '.'],
  ]),
  check('ruff', (home) => [environmentPython(home), ...ruff('check')]),
  check('ruff format', (home) => [environmentPython(home), ...ruff('format', '--check')]),
];
