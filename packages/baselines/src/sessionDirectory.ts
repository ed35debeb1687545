import {
  accessSync,
  constants,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Owner, isGone, thisProcess } from './owner.js';

/** Below this much room, tensors go to disk instead of memory: twice the weights of the largest subject. */
const ENOUGH_BYTES = 2 ** 31;
const OWNER_FILE = '.owner.json';
/** Milliseconds after which a folder without an owner is not one that is just being made. */
const UNSIGNED_PATIENCE = 60_000;
const NAME = /^concord-\d+-\w{6}$/;

/**
 * A folder of this process's own (mode 0700) for tensors on their way between the stacks: in memory where the
 * system has a memory-backed place with room, else in the temporary folder. Those whose owner is gone are removed.
 *
 * @param bases where to look for room, best first.
 */
export function createSessionDirectory(bases: readonly string[] = ['/dev/shm', tmpdir()]): string {
  for (const base of bases) removeStale(base);
  const base = bases.find(hasRoom) ?? bases.at(-1)!;
  const directory = mkdtempSync(join(base, `concord-${process.pid}-`));
  writeFileSync(join(directory, OWNER_FILE), JSON.stringify(thisProcess()));
  return directory;
}

/**
 * Remove it and everything in it; a worker that was just killed may still have been writing. What cannot be
 * removed is a warning, because errors and endings are waiting behind it; whoever opens next will try again.
 */
export function removeSessionDirectory(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  } catch (error) {
    process.emitWarning(`could not remove ${directory}: ${String(error)}`);
  }
}

function hasRoom(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= ENOUGH_BYTES;
  } catch {
    return false;
  }
}

/** What cannot be read or removed belongs to somebody else, or is being removed by another process. */
function removeStale(base: string): void {
  for (const name of attempt(() => readdirSync(base)) ?? []) {
    if (!NAME.test(name)) continue;
    const directory = join(base, name);
    attempt(() => {
      const { uid, mtimeMs } = statSync(directory);
      if (uid !== process.getuid?.()) return;
      const owner = attempt(() => JSON.parse(readFileSync(join(directory, OWNER_FILE), 'utf8')) as Owner);
      if (owner && isGone(owner)) removeSessionDirectory(directory);
      // Killed between making the folder and signing it, its owner left it empty.
      if (!owner && Date.now() - mtimeMs > UNSIGNED_PATIENCE) rmdirSync(directory);
    });
  }
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
