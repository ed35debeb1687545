import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { explain } from './explain.mjs';
import { run } from './run.mjs';
import { digest, readStamp, writeStamp } from './stamp.mjs';

// npm's own waits between tries add up to two minutes where there is no network at all.
const PATIENCE = ['--fetch-retries=3', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000'];

/**
 * The packages of package-lock.json. The stamp lies inside node_modules, so that it goes when they go.
 *
 * @param {import('./step.mjs').Place} place
 * @returns {import('./step.mjs').Step}
 */
export function npmStep({ home, env }) {
  const stamp = join(home, 'node_modules', '.concord-packages.json');
  const key = () =>
    digest([
      readFileSync(join(home, 'package-lock.json')),
      process.versions.modules,
      process.platform,
      process.arch,
    ]);
  return {
    title: 'npm packages',
    isDue: () => readStamp(stamp)?.key !== key(),
    async run(progress) {
      const before = key();
      const [command, ...prefix] = npmCommand(env);
      const result = await run(command, [...prefix, 'ci', '--no-progress', '--loglevel=error', ...PATIENCE], {
        cwd: home,
        env,
        onLine: progress.note,
      });
      if (result.code !== 0) throw explain('installing the npm packages', result.output, home);
      writeStamp(stamp, { key: before });
    },
  };
}

/**
 * npm as the script that runs us was started, else the one in PATH.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {[string, ...string[]]}
 */
export function npmCommand(env) {
  const script = env['npm_execpath'];
  return script?.endsWith('npm-cli.js') ? [process.execPath, script] : ['npm'];
}
