import { setTimeout } from 'node:timers/promises';
import { LockedError, lockFolder, type FolderLock } from './folderLock.js';

/** How often somebody who waits looks again, in milliseconds. */
const LOOK = 100;

/** Who wants a folder, and for how many milliseconds to wait for who works in it. */
export interface Waiting {
  readonly doing: string;
  readonly patience: number;
}

/**
 * Do something in a folder that nobody else writes into meanwhile.
 *
 * @param work hears whether it waited for another process, which may have done the work.
 * @throws LockedError if another one still holds the folder after the patience; Error if nothing can be written there
 *   (a full disk); what the work throws.
 */
export async function aloneIn<T>(
  folder: string,
  { doing, patience }: Waiting,
  work: (waited: boolean) => Promise<T>,
): Promise<T> {
  const started = performance.now();
  let lock: FolderLock | undefined;
  let waited = false;
  while (!lock) {
    try {
      lock = lockFolder(folder, doing);
    } catch (error) {
      if (!(error instanceof LockedError)) {
        throw new Error(`${folder} cannot be locked: ${(error as Error).message}`, { cause: error });
      }
      if (performance.now() - started >= patience) throw error;
      waited = true;
      await setTimeout(LOOK);
    }
  }
  try {
    return await work(waited);
  } finally {
    lock.release();
  }
}
