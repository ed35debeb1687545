import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { CommandContext, ExitCode } from '../commands/context.js';
import { lockFolder } from '../files/folderLock.js';
import { GridFolder } from './gridFolder.js';

/** Remove what no result needs from a study's folder, or name it. @throws LockedError if somebody works there. */
export async function pruneCommand(
  place: string,
  dryRun: boolean,
  context: CommandContext,
): Promise<ExitCode> {
  const folder = new GridFolder(resolve(context.cwd, place));
  if (!existsSync(join(folder.study, 'study.json'))) throw new Error(`${place}: that is no study's folder`);
  const lock = lockFolder(folder.study, 'concord grid prune');
  try {
    const paths = needless(folder);
    for (const path of paths) {
      if (!dryRun) rmSync(path, { recursive: true, force: true });
      await context.out(`${dryRun ? 'would remove' : 'removed'} ${relative(context.cwd, path)}\n`);
    }
    if (paths.length === 0) await context.out('nothing to remove\n');
    return 0;
  } finally {
    lock.release();
  }
}

/** Replaced results; logs of cells that are done; drafts whose writer was killed. */
function needless(folder: GridFolder): string[] {
  const { study, replaced } = folder;
  const files = ['cells', '.grid/cells'].flatMap((home) => filesIn(study, home));
  const done = (path: string) =>
    existsSync(join(study, path.replace(/^\.grid\/(.*)\/log\.txt$/, '$1/result.json')));
  const found = files.filter((path) => {
    return (
      /\/\.[^/]*\.part$/.test(path) || (path.startsWith('.grid/') && path.endsWith('/log.txt') && done(path))
    );
  });
  return [...(existsSync(replaced) ? [replaced] : []), ...found.map((path) => join(study, path))];
}

function filesIn(study: string, home: string): string[] {
  const root = join(study, home);
  if (!existsSync(root)) return [];
  return (readdirSync(root, { recursive: true }) as string[]).map((path) => `${home}/${path}`);
}
