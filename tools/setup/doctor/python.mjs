import { findInterpreter } from '../interpreter.mjs';
import { environmentPython } from '../paths.mjs';
import { pythonStep } from '../python-step.mjs';
import { run } from '../run.mjs';

/**
 * The checkout's Python environment.
 *
 * @typedef {object} Python
 * @property {string | null} path
 * @property {string | null} version
 * @property {string | null} torch
 * @property {string | null} concordBridge
 * @property {string} [problem]
 */

const ASK = `
import importlib.metadata as metadata, json, platform
def version(name):
  try:
    return metadata.version(name)
  except metadata.PackageNotFoundError:
    return None
print(json.dumps({
  'version': platform.python_version(), 'torch': version('torch'), 'concordBridge': version('concord-bridge')}))`;

const ABSENT = { path: null, version: null, torch: null, concordBridge: null };

/**
 * @param {import('../step.mjs').Place} place
 * @returns {Promise<Python>}
 */
export async function examinePython(place) {
  const path = environmentPython(place.home);
  const { code, output } = await run(path, ['-c', ASK], { env: place.env });
  if (code === 0) {
    /** @type {Python} */
    const python = { path, ...JSON.parse(output) };
    if (pythonStep(place).isDue()) {
      python.problem = 'The Python packages are not installed or not in step; run npm run setup.';
    }
    return python;
  }
  try {
    const { version, canMakeEnvironments } = findInterpreter(place.env);
    const lacking = canMakeEnvironments
      ? ''
      : ' lacks its venv module (Debian, Ubuntu: apt install python3-venv) and';
    return {
      ...ABSENT,
      problem: `Python ${version}${lacking} has no environment in .venv yet; run npm run setup.`,
    };
  } catch (error) {
    return { ...ABSENT, problem: /** @type {Error} */ (error).message };
  }
}
