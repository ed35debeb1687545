import { execFileSync } from 'node:child_process';
import { SetupProblem } from './problem.mjs';

/**
 * @typedef {object} Interpreter
 * @property {string} path the interpreter itself, not a virtual environment made from it
 * @property {string} version such as `3.11.7`
 * @property {boolean} canMakeEnvironments whether it has the venv module and pip's wheel
 */

const OLDEST = [3, 10];
const ASK = `
import importlib.util, json, platform, sys
print(json.dumps({
  'path': getattr(sys, '_base_executable', None) or sys.executable,
  'version': platform.python_version(),
  'canMakeEnvironments': all(importlib.util.find_spec(name) for name in ('venv', 'ensurepip')),
}))`;

/**
 * The Python to build on: CONCORD_PYTHON, python3, python; the first that is new enough.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {Interpreter}
 * @throws {SetupProblem} naming what was found instead
 */
export function findInterpreter(env) {
  const chosen = env['CONCORD_PYTHON'];
  const candidates = chosen ? [chosen] : ['python3', 'python'];
  const tooOld = [];
  for (const candidate of candidates) {
    const found = askInterpreter(candidate, env);
    if (!found) continue;
    if (isNewEnough(found.version)) return found;
    tooOld.push(`${candidate} is ${found.version}`);
  }
  const instead = tooOld.length > 0 ? ` (${tooOld.join(', ')})` : '';
  const where = chosen ? `CONCORD_PYTHON names ${chosen}, which is not one` : 'none was found';
  throw new SetupProblem(
    `Python ${OLDEST.join('.')} or newer is needed and ${where}${instead}; install it (Debian, Ubuntu: apt install python3 python3-venv), or name one with CONCORD_PYTHON.`,
  );
}

/**
 * @param {string} command
 * @param {NodeJS.ProcessEnv} env
 * @returns {Interpreter | undefined} undefined if it does not run
 */
export function askInterpreter(command, env) {
  try {
    const said = execFileSync(command, ['-c', ASK], {
      encoding: 'utf8',
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 20_000,
    });
    return JSON.parse(said);
  } catch {
    return undefined;
  }
}

/** @param {string} version */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}
