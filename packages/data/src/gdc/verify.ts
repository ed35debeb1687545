import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '../dataError.js';
import { findLocalFile, type LocalFile } from './localFile.js';
import type { Manifest, ManifestEntry } from './manifest.js';
import { openMd5Pool, type Md5Pool } from './md5Pool.js';
import { isUuid } from './uuid.js';

/** What was found of one file. `size only` has the right size, and the manifest has no md5 to check it by. */
export type FileVerdict =
  'ok' | 'size only' | 'absent' | 'unfinished' | 'wrong size' | 'wrong md5' | 'unreadable' | 'not checkable';

/** One file of the manifest and what is on disk. */
export interface VerifiedFile {
  readonly id: string;
  readonly filename: string;
  readonly verdict: FileVerdict;
  /** Where it was found; absent where it was not. */
  readonly path?: string;
  /** What was expected and what came. */
  readonly detail?: string;
}

/** All files of a manifest, in its order. */
export interface VerifyReport {
  readonly manifest: string;
  readonly folder: string;
  /** Whether every file is there and is right as far as the manifest can tell. */
  readonly ok: boolean;
  readonly counts: Readonly<Record<FileVerdict, number>>;
  readonly files: readonly VerifiedFile[];
  /** Folders named by a UUID that the manifest does not have. */
  readonly strangers: readonly string[];
  readonly bytesHashed: number;
  readonly seconds: number;
}

/** How files are checked. */
export interface VerifyOptions {
  /** Files hashed side by side; default one a core. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly progress?: VerifyProgress;
}

/** Hears how a check goes along. */
export interface VerifyProgress {
  /** Sizes are known, hashing begins. */
  start(files: number, bytes: number): void;
  /** So many more bytes were read. */
  bytes(count: number): void;
  file(verified: VerifiedFile): void;
}

/**
 * Compare the files in a folder with a manifest, by size and MD5; a file of the wrong size is not read.
 *
 * @param folder as the official client leaves it, `<uuid>/<filename>`, or flat. Its `logs` are ignored.
 * @throws DataError if there is no such folder; the signal's reason if aborted.
 */
export async function verifyFiles(
  manifest: Manifest,
  folder: string,
  { threads, signal, progress }: VerifyOptions = {},
): Promise<VerifyReport> {
  const begun = performance.now();
  const strangers = await strangersIn(folder, manifest);
  const pool = openMd5Pool(threads);
  const stop = () => void pool.close();
  signal?.addEventListener('abort', stop, { once: true });
  let bytesHashed = 0;
  try {
    const looked: Looked[] = [];
    for (const entry of manifest.entries) {
      signal?.throwIfAborted();
      looked.push(await judgeBySize(folder, entry));
    }
    progress?.start(
      manifest.entries.length,
      looked.reduce((sum, { toHash }) => sum + (toHash?.size ?? 0), 0),
    );
    const heard = (count: number) => {
      bytesHashed += count;
      progress?.bytes(count);
    };
    const files = await Promise.all(
      looked.map(async ({ entry, verified, toHash }) => {
        const judged = toHash ? await judgeByMd5(pool, entry, toHash, heard) : verified;
        progress?.file(judged);
        return judged;
      }),
    );
    // A closed pool reports files as unreadable; what was asked for is to stop.
    signal?.throwIfAborted();
    return {
      manifest: manifest.source,
      folder,
      ok: files.every(({ verdict }) => verdict === 'ok' || verdict === 'size only'),
      counts: countVerdicts(files),
      files,
      strangers,
      bytesHashed,
      seconds: (performance.now() - begun) / 1000,
    };
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await pool.close();
  }
}

interface Looked {
  readonly entry: ManifestEntry;
  readonly verified: VerifiedFile;
  /** Set where only the bytes can tell. */
  readonly toHash?: LocalFile;
}

async function judgeBySize(folder: string, entry: ManifestEntry): Promise<Looked> {
  const { id, filename, size, md5 } = entry;
  const judged = (verdict: FileVerdict, facts: { path?: string; detail?: string } = {}) => ({
    entry,
    verified: { id, filename, verdict, ...facts },
  });
  const local = await findLocalFile(folder, entry);
  if (local.state === 'unusable') return judged('unreadable', { path: local.path, detail: local.problem });
  if (local.state === 'absent') {
    return local.unfinishedBytes === undefined
      ? judged('absent')
      : judged('unfinished', { detail: 'only an unfinished download is there' });
  }
  const { path } = local;
  if (size !== undefined && size !== local.size) {
    return judged('wrong size', { path, detail: `expected ${size} bytes, it has ${local.size}` });
  }
  if (md5 !== undefined) return { ...judged('ok', { path }), toHash: local };
  if (size !== undefined) return judged('size only', { path, detail: 'the manifest has no md5 of it' });
  return judged('not checkable', { path, detail: 'the manifest has neither md5 nor size of it' });
}

async function judgeByMd5(
  pool: Md5Pool,
  { id, filename, md5 }: ManifestEntry,
  { path }: LocalFile,
  heard: (bytes: number) => void,
): Promise<VerifiedFile> {
  try {
    const found = await pool.md5(path, heard);
    if (found === md5) return { id, filename, verdict: 'ok', path };
    return { id, filename, verdict: 'wrong md5', path, detail: `expected ${md5}, it has ${found}` };
  } catch (error) {
    return { id, filename, verdict: 'unreadable', path, detail: (error as Error).message };
  }
}

function countVerdicts(files: readonly VerifiedFile[]): Record<FileVerdict, number> {
  const counts: Record<FileVerdict, number> = {
    ...{ ok: 0, 'size only': 0, absent: 0, unfinished: 0 },
    ...{ 'wrong size': 0, 'wrong md5': 0, unreadable: 0, 'not checkable': 0 },
  };
  for (const { verdict } of files) counts[verdict] += 1;
  return counts;
}

async function strangersIn(folder: string, { entries }: Manifest): Promise<string[]> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory())
    throw new DataError(folder, 'no such folder; expected the files of the manifest');
  const known = new Set(entries.map(({ id }) => id));
  const names = await readdir(folder);
  return names
    .filter((name) => isUuid(name) && !known.has(name.toLowerCase()))
    .map((name) => join(folder, name))
    .sort();
}
