import { lstat, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ManifestEntry } from './manifest.js';

/** Ending of our own unfinished files: the official client's `.partial` has its full size from the start. */
const UNFINISHED = '.concord.partial';

/** Where the official client, and we, put a finished file: `<folder>/<uuid>/<filename>`. */
export function finishedPath(folder: string, { id, filename }: ManifestEntry): string {
  return join(folder, id, filename);
}

/** Where the bytes of an unfinished file are; named by the UUID, because a name may be as long as names may be. */
export function unfinishedPath(folder: string, { id }: ManifestEntry): string {
  return join(folder, id, `${id}${UNFINISHED}`);
}

/** A finished file on disk. */
export interface LocalFile {
  readonly path: string;
  readonly size: number;
}

/** What was found of a manifest's file. */
export type LocalState =
  | ({ readonly state: 'found' } & LocalFile)
  | { readonly state: 'absent'; readonly unfinishedBytes?: number }
  | { readonly state: 'unusable'; readonly path: string; readonly problem: string };

/**
 * Look for a manifest's file where the official client puts it, then flat in the folder, where people move it.
 * An unfinished download counts as absent.
 */
export async function findLocalFile(folder: string, entry: ManifestEntry): Promise<LocalState> {
  for (const path of [finishedPath(folder, entry), join(folder, entry.filename)]) {
    const found = await look(path);
    if (found) return found;
  }
  for (const path of [unfinishedPath(folder, entry), `${finishedPath(folder, entry)}.partial`]) {
    const unfinished = await lstat(path).catch(() => undefined);
    if (unfinished?.isFile()) return { state: 'absent', unfinishedBytes: unfinished.size };
  }
  return { state: 'absent' };
}

async function look(path: string): Promise<LocalState | undefined> {
  try {
    const found = await stat(path);
    if (found.isFile()) return { state: 'found', path, size: found.size };
    return {
      state: 'unusable',
      path,
      problem: found.isDirectory() ? 'it is a folder' : 'it is no regular file',
    };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // A name may be too long for a folder of ours and still be no file of theirs.
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return { state: 'unusable', path, problem: message };
  }
}
