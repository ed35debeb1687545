import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.mjs';
import { digest, readStamp, writeStamp } from './stamp.mjs';

/**
 * `tsc -b`, skipped when no source has changed since it last succeeded.
 *
 * @param {import('./step.mjs').Place} place
 * @returns {import('./step.mjs').Step}
 */
export function buildStep({ home, env }) {
  const stamp = join(home, '.setup', 'build.json');
  return {
    title: 'TypeScript build',
    isDue: () =>
      projects(home).some((project) => !existsSync(join(project, 'dist'))) ||
      readStamp(stamp)?.key !== sources(home),
    async run(progress) {
      const before = sources(home);
      const compiler = join(home, 'node_modules', 'typescript', 'bin', 'tsc');
      const result = await run(process.execPath, [compiler, '-b'], { cwd: home, env, onLine: progress.note });
      if (result.code !== 0)
        throw new Error(`the TypeScript sources do not compile:\n${result.output.trim()}`);
      writeStamp(stamp, { key: before });
    },
  };
}

/**
 * The folders that the root tsconfig.json refers to.
 *
 * @param {string} home
 * @returns {string[]}
 */
function projects(home) {
  const { references } = JSON.parse(readFileSync(join(home, 'tsconfig.json'), 'utf8'));
  return references.map((/** @type {{ path: string }} */ { path }) => join(home, path));
}

/** Names, sizes and times of everything that the compiler reads, dependencies aside. @param {string} home */
function sources(home) {
  const files = [
    join(home, 'tsconfig.json'),
    join(home, 'tsconfig.base.json'),
    join(home, 'package-lock.json'),
  ];
  for (const project of projects(home)) {
    files.push(join(project, 'package.json'), join(project, 'tsconfig.json'));
    const names = readdirSync(join(project, 'src'), { recursive: true });
    files.push(...names.map((name) => join(project, 'src', String(name))).sort());
  }
  return digest(
    files.map((file) => {
      const { size, mtimeMs } = statSync(file);
      return `${file} ${size} ${mtimeMs}`;
    }),
  );
}
