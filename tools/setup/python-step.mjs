import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { explain } from './explain.mjs';
import { askInterpreter, findInterpreter } from './interpreter.mjs';
import { environmentPython } from './paths.mjs';
import { SetupProblem } from './problem.mjs';
import { run } from './run.mjs';
import { digest, readStamp, writeStamp } from './stamp.mjs';

/**
 * The checkout's own Python environment in `.venv`: the pinned requirements and the bridge package.
 *
 * It stays on the Python it was made with until CONCORD_PYTHON names another. CONCORD_EXTRAS=ray,s3 adds what
 * requirements-ray.txt and requirements-s3.txt pin.
 *
 * @param {import('./step.mjs').Place} place
 * @returns {import('./step.mjs').Step}
 */
export function pythonStep({ home, env }) {
  const bridge = join(home, 'python-bridge');
  const requirements = [
    join(bridge, 'requirements.txt'),
    ...(env['CONCORD_EXTRAS'] ?? '')
      .split(',')
      .filter(Boolean)
      .map((extra) => join(bridge, `requirements-${extra}.txt`)),
  ];
  const project = join(bridge, 'pyproject.toml');
  const stamp = join(home, '.venv', 'concord-packages.json');
  const key = () =>
    digest([
      ...requirements.map((file) => readFileSync(file)),
      existsSync(project) ? readFileSync(project) : '',
      home,
    ]);

  /** @returns {boolean} whether the environment runs and was made from the Python that is asked for */
  const isUsable = () => {
    const made = askInterpreter(environmentPython(home), env);
    if (!made) return false;
    const chosen = env['CONCORD_PYTHON'];
    return !chosen || askInterpreter(chosen, env)?.path === made.path;
  };

  return {
    title: 'Python packages',
    isDue: () => readStamp(stamp)?.key !== key() || !isUsable(),
    async run(progress) {
      const before = key();
      if (!isUsable()) await makeEnvironment(home, env, progress);
      const pip = [
        requirements.flatMap((file) => ['-r', file]),
        ...(existsSync(project) ? [['--no-deps', '--no-build-isolation', '-e', bridge]] : []),
      ];
      for (const what of pip) {
        const args = ['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check', ...what];
        const result = await run(environmentPython(home), args, { cwd: home, env, onLine: progress.note });
        if (result.code !== 0) throw explain('installing the Python packages', result.output, home);
      }
      writeStamp(stamp, { key: before });
    },
  };
}

/**
 * @param {string} home
 * @param {NodeJS.ProcessEnv} env
 * @param {import('./progress.mjs').Progress} progress
 */
async function makeEnvironment(home, env, progress) {
  const python = findInterpreter(env);
  if (!python.canMakeEnvironments) {
    const [major, minor] = python.version.split('.');
    throw new SetupProblem(
      `Python ${python.version} (${python.path}) lacks its venv module; install it (Debian, Ubuntu: apt install python${major}.${minor}-venv), or name another Python with CONCORD_PYTHON.`,
    );
  }
  rmSync(join(home, '.venv'), { recursive: true, force: true });
  const made = await run(python.path, ['-m', 'venv', join(home, '.venv')], { env, onLine: progress.note });
  if (made.code !== 0) throw explain('making the Python environment', made.output, home);
}
