import { setMaxListeners } from 'node:events';
import PQueue from 'p-queue';
import type { GdcConnection } from './connection.js';
import { planDownload, requireRoom, type DownloadPlan, type PlannedFile } from './downloadPlan.js';
import { recordDownload } from './downloadRecord.js';
import { fetchFile, WrongBytes, type FetchedFile } from './fetchFile.js';
import { lockFolder } from './folderLock.js';
import { GdcError, problemOf } from './gdcError.js';
import type { Manifest } from './manifest.js';
import { DiskError } from './partialFile.js';
import { findSuccessors, gdcRelease } from './release.js';
import type { Patience } from './retry.js';
import { clipped } from './uuid.js';

/** How files are downloaded. */
export interface DownloadOptions extends Patience {
  /** Files at once; default 4. */
  readonly concurrency?: number;
  /** Refuse a download of more bytes than this. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
  readonly progress?: DownloadProgress;
}

/** Hears how a download goes along. */
export interface DownloadProgress {
  /** Files that are there are read for their MD5. */
  checking(bytes: number, total: number): void;
  start(plan: DownloadPlan, release: string | undefined): void;
  /** So many more bytes came. */
  bytes(count: number): void;
  file(file: DownloadedFile): void;
}

/** What became of one file. */
export interface DownloadedFile {
  readonly id: string;
  readonly filename: string;
  /**
   * `present` was there; `fetched` came whole; `refused` the server does not give it, or gives another one;
   * `failed` did not come, or was wrong twice; `stopped` because the download was given up before it came.
   */
  readonly outcome: 'present' | 'fetched' | 'refused' | 'failed' | 'stopped';
  /** Size, MD5 and how it came, where it did. */
  readonly fetched?: FetchedFile;
  readonly problem?: string;
}

/** What became of all files. */
export interface DownloadReport {
  readonly manifest: string;
  readonly folder: string;
  readonly baseUrl: string;
  /** As the server names it; absent where it names none. */
  readonly release?: string;
  /** Whether every file is there. */
  readonly ok: boolean;
  readonly counts: Readonly<Record<DownloadedFile['outcome'], number>>;
  readonly files: readonly DownloadedFile[];
  readonly bytesFetched: number;
  readonly seconds: number;
}

/** So many files in a row that do not come mean that the server or the line is gone, not the files. */
const FAILURES_IN_A_ROW = 10;

/**
 * Download the files of a manifest into `<folder>/<uuid>/<filename>`, as the official client lays them out. What
 * is there and right is left alone, unfinished files go on, a file that is refused or broken does not stop the
 * others.
 *
 * @throws DataError if it does not fit or another download has the folder; GdcError if the server cannot be
 *   reached; DiskError if the folder cannot be written; the signal's reason if aborted. Unfinished files stay
 *   and go on with the next run.
 */
export async function downloadFiles(
  connection: GdcConnection,
  manifest: Manifest,
  folder: string,
  options: DownloadOptions = {},
): Promise<DownloadReport> {
  const begun = performance.now();
  const { signal, progress, maxBytes } = options;
  const release = await gdcRelease(connection, options);
  const unlock = await lockFolder(folder);
  try {
    const plan = await planDownload(manifest, folder, {
      ...(signal && { signal }),
      ...(progress && { heard: (bytes, total) => progress.checking(bytes, total) }),
    });
    requireRoom(plan, maxBytes);
    progress?.start(plan, release);
    const files = await carryOut(connection, plan, release, options);
    return {
      manifest: manifest.source,
      folder,
      baseUrl: connection.baseUrl,
      ...(release !== undefined && { release }),
      ok: files.every(({ outcome }) => outcome === 'present' || outcome === 'fetched'),
      counts: countOutcomes(files),
      files,
      bytesFetched: files.reduce((sum, { fetched }) => sum + (fetched?.bytesFetched ?? 0), 0),
      seconds: (performance.now() - begun) / 1000,
    };
  } finally {
    await unlock();
  }
}

async function carryOut(
  connection: GdcConnection,
  { files: planned, folder }: DownloadPlan,
  release: string | undefined,
  options: DownloadOptions,
): Promise<DownloadedFile[]> {
  const { signal, progress, concurrency = 4 } = options;
  // Ours ends all files when going on makes no sense, the caller's when it was asked to.
  const giveUp = new AbortController();
  const stop = signal ? AbortSignal.any([signal, giveUp.signal]) : giveUp.signal;
  // Every file under way listens; Node would take more than ten for a leak, and say so.
  setMaxListeners(0, stop);
  let failuresInARow = 0;

  const one = async ({ entry, action }: PlannedFile): Promise<DownloadedFile> => {
    const { id, filename } = entry;
    if (action === 'have') return { id, filename, outcome: 'present' };
    try {
      stop.throwIfAborted();
      const heard = (bytes: number) => progress?.bytes(bytes);
      const fetched = await fetchFile(connection, entry, folder, { ...options, signal: stop, heard });
      failuresInARow = 0;
      const unrecorded = await recordDownload(folder, id, fetched, {
        baseUrl: connection.baseUrl,
        release,
      }).then(
        () => undefined,
        // The file is there all the same.
        (error: unknown) => ({ problem: `its release was not recorded: ${problemOf(error)}` }),
      );
      return { id, filename, outcome: 'fetched', fetched, ...unrecorded };
    } catch (error) {
      const problem = problemOf(error);
      if (stop.aborted) return { id, filename, outcome: 'stopped', problem };
      const mayPass = error instanceof GdcError && error.transient;
      failuresInARow = mayPass ? failuresInARow + 1 : 0;
      if (error instanceof DiskError && !error.thisFileOnly) giveUp.abort(error);
      if (failuresInARow === FAILURES_IN_A_ROW) {
        giveUp.abort(new Error(`given up: ${FAILURES_IN_A_ROW} files in a row did not come`));
      }
      const refused = error instanceof GdcError && !mayPass && !(error instanceof WrongBytes);
      return { id, filename, outcome: refused ? 'refused' : 'failed', problem };
    }
  };

  const queue = new PQueue({ concurrency });
  const done = await queue.addAll(
    planned.map((file) => async () => {
      const downloaded = await one(file);
      progress?.file(downloaded);
      return downloaded;
    }),
  );
  signal?.throwIfAborted();
  return nameSuccessors(connection, done, options);
}

/** A file that left the release is reported with the one that came after it, where the server knows one. */
async function nameSuccessors(
  connection: GdcConnection,
  files: readonly DownloadedFile[],
  options: DownloadOptions,
): Promise<DownloadedFile[]> {
  const refused = files.filter(({ outcome }) => outcome === 'refused').map(({ id }) => id);
  // What became of them is a help; that it cannot be had is no failure of the download.
  const successors = await findSuccessors(connection, refused, options).catch(() => undefined);
  options.signal?.throwIfAborted();
  return files.map((file) => {
    const successor = file.outcome === 'refused' ? successors?.get(file.id) : undefined;
    if (!successor) return file;
    const { latestId, latestFilename } = successor;
    const name = latestFilename === undefined ? '' : ` (${clipped(latestFilename)})`;
    return { ...file, problem: `${file.problem}; its successor is ${latestId}${name}` };
  });
}

function countOutcomes(files: readonly DownloadedFile[]): Record<DownloadedFile['outcome'], number> {
  const counts = { present: 0, fetched: 0, refused: 0, failed: 0, stopped: 0 };
  for (const { outcome } of files) counts[outcome] += 1;
  return counts;
}
