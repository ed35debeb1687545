import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { explain, freeBytes, isOffline } from './explain.mjs';
import { run } from './run.mjs';
import { digest, readStamp, writeStamp } from './stamp.mjs';

/** Less room than this after an installation means that files were cut off. */
const ROOM = 10_000_000;

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
      /** @param {string[]} args */
      const npm = (...args) =>
        run(command, [...prefix, ...args, '--no-progress', '--loglevel=error'], {
          cwd: home,
          env,
          onLine: progress.note,
        });
      // Without a network npm would try each of its packages again and again, for two minutes.
      const ping = await npm('ping', '--fetch-retries=0');
      const offline = ping.code !== 0 && isOffline(ping.output);
      const result = await npm('ci', ...(offline ? ['--offline'] : []));
      if (result.code !== 0) throw explain('installing the npm packages', result.output, home);
      // On a full disk npm says that it succeeded; its last file tells.
      const isWhole = existsSync(join(home, 'node_modules', '.package-lock.json'));
      if (!isWhole || freeBytes(home) < ROOM) throw explain('installing the npm packages', 'ENOSPC', home);
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
