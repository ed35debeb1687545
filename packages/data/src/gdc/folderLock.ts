import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DataError } from '../dataError.js';
import { asDiskError } from './partialFile.js';

const NAME = '.concord-download.lock';

/**
 * Keep a folder to one download at a time: two would write into the same unfinished files. A lock that a killed
 * process of this machine left is taken over.
 *
 * @returns gives the folder free.
 * @throws DataError naming the process that has it; DiskError if the folder cannot be written.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, NAME);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw asDiskError(folder, error);
  });
  for (let attempt = 0; ; attempt += 1) {
    try {
      const file = await open(path, 'wx');
      await file.writeFile(`${process.pid} ${hostname()}\n`).finally(() => file.close());
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        await rm(path, { force: true }).catch(() => {});
        throw asDiskError(folder, error);
      }
    }
    if (attempt === 0 && (await removeDead(path))) continue;
    const { pid, host } = await holderOf(path);
    throw new DataError(
      folder,
      `process ${pid || '?'} on ${host || '?'} is downloading into it; wait for it, or remove ${NAME} if it is gone`,
    );
  }
}

/**
 * Remove a lock whose process is gone. One at a time may: of two that saw the same dead lock, the second would
 * remove the one that the first has made since.
 */
async function removeDead(path: string): Promise<boolean> {
  const guard = `${path}.guard`;
  try {
    await (await open(guard, 'wx')).close();
  } catch {
    return false;
  }
  try {
    const { pid, host } = await holderOf(path);
    if (!isGone(Number(pid), host)) return false;
    await rm(path, { force: true });
    return true;
  } finally {
    await rm(guard, { force: true });
  }
}

async function holderOf(path: string): Promise<{ pid?: string; host?: string }> {
  const [pid, host] = (await readFile(path, 'utf8').catch(() => '')).trim().split(' ');
  return { ...(pid && { pid }), ...(host && { host }) };
}

/** Only of a process of this machine can we know. */
function isGone(pid: number, host: string | undefined): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0 || host !== hostname()) return false;
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
