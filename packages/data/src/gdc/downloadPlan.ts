import { stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { DataError } from '../dataError.js';
import { findLocalFile, unfinishedPath } from './localFile.js';
import type { Manifest, ManifestEntry } from './manifest.js';
import { openMd5Pool } from './md5Pool.js';

/** What has to be done for one file: nothing, all of it, the rest of it, or again because what is there is wrong. */
export interface PlannedFile {
  readonly entry: ManifestEntry;
  readonly action: 'have' | 'fetch' | 'resume' | 'replace';
  /** Bytes still to come; absent where the manifest has no size. */
  readonly bytes?: number;
}

/** What a download would do. */
export interface DownloadPlan {
  readonly folder: string;
  readonly files: readonly PlannedFile[];
  /** Bytes to come, of the files whose size is known. */
  readonly bytesToFetch: number;
  /** Files to come whose size the manifest does not have. */
  readonly unknownSizes: number;
  /** What the file system of the folder has left. */
  readonly bytesFree: number;
}

/** How a plan is made. */
export interface PlanOptions {
  readonly signal?: AbortSignal;
  /** Files that are there are read for their MD5; hears how many bytes of how many. */
  readonly heard?: (bytes: number, total: number) => void;
}

/**
 * Look at what is in the folder and say what is missing. What is there is believed by its MD5 alone, or by its
 * size where the manifest has no MD5.
 */
export async function planDownload(
  manifest: Manifest,
  folder: string,
  { signal, heard }: PlanOptions = {},
): Promise<DownloadPlan> {
  const pool = openMd5Pool();
  const stop = () => void pool.close();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const found: { entry: ManifestEntry; size?: number; path?: string }[] = [];
    for (const entry of manifest.entries) {
      signal?.throwIfAborted();
      const local = await findLocalFile(folder, entry);
      found.push(local.state === 'found' ? { entry, size: local.size, path: local.path } : { entry });
    }
    const total = found.reduce((sum, { size = 0 }) => sum + size, 0);
    const files = await Promise.all(
      found.map(async ({ entry, size, path }): Promise<PlannedFile> => {
        if (path === undefined || size === undefined) return missing(folder, entry);
        const right =
          (entry.size === undefined || entry.size === size) &&
          (entry.md5 === undefined || entry.md5 === (await pool.md5(path, (bytes) => heard?.(bytes, total))));
        if (right) return { entry, action: 'have', bytes: 0 };
        const { bytes } = await missing(folder, entry);
        return { entry, action: 'replace', ...(bytes !== undefined && { bytes }) };
      }),
    );
    signal?.throwIfAborted();
    const toFetch = files.filter(({ action }) => action !== 'have');
    return {
      folder,
      files,
      bytesToFetch: toFetch.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
      unknownSizes: toFetch.filter(({ bytes }) => bytes === undefined).length,
      bytesFree: await bytesFree(folder),
    };
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await pool.close();
  }
}

/**
 * Check that a plan fits.
 *
 * @throws DataError if it is more than the file system has left, or than was allowed.
 */
export function requireRoom(
  { folder, bytesToFetch, unknownSizes, bytesFree }: DownloadPlan,
  maxBytes = Infinity,
): void {
  if (bytesToFetch > maxBytes) {
    throw new DataError(
      folder,
      `${bytesToFetch} bytes are to come, ${maxBytes} are allowed; filter the manifest`,
    );
  }
  if (unknownSizes > 0 && maxBytes < Infinity) {
    throw new DataError(
      folder,
      `the manifest has no size of ${unknownSizes} files, so a limit of bytes cannot be kept; add sizes or drop the limit`,
    );
  }
  if (bytesToFetch > bytesFree) {
    throw new DataError(folder, `${bytesToFetch} bytes are to come, its file system has ${bytesFree} left`);
  }
}

async function missing(folder: string, entry: ManifestEntry): Promise<PlannedFile> {
  const there = await stat(unfinishedPath(folder, entry)).catch(() => undefined);
  const resumable = there?.size && (entry.size === undefined || there.size <= entry.size) ? there.size : 0;
  const action = resumable ? 'resume' : 'fetch';
  return { entry, action, ...(entry.size !== undefined && { bytes: entry.size - resumable }) };
}

/** Of the folder, or of the nearest one above that exists. */
async function bytesFree(folder: string): Promise<number> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const found = await statfs(at).catch(() => undefined);
    if (found) return found.bavail * found.bsize;
    if (at === dirname(at)) return Infinity;
  }
}
