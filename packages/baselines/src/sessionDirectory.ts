import { accessSync, constants, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Below this much room, tensors go to disk instead of memory. */
const ENOUGH_BYTES = 2 ** 31;

/**
 * A folder of this process's own for tensors on their way between the stacks: in memory where the system
 * has a memory-backed place with room, else in the temporary folder. Those of dead processes are removed.
 */
export function createSessionDirectory(): string {
  const base = ['/dev/shm', tmpdir()].find(hasRoom) ?? tmpdir();
  removeStale(base);
  return mkdtempSync(join(base, `concord-${process.pid}-`));
}

function hasRoom(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= ENOUGH_BYTES;
  } catch {
    return false;
  }
}

function removeStale(base: string): void {
  for (const name of readdirSync(base)) {
    const owner = /^concord-(\d+)-/.exec(name)?.[1];
    if (owner && !isAlive(Number(owner))) rmSync(join(base, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
