import { randomUUID } from 'node:crypto';
import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { isGone, thisProcess, type Owner } from '@concord/baselines';

/** The file in a locked folder. */
const LOCK_FILE = '.lock';
/** A holder shows every so often that it lives: on another machine nothing else tells. */
const BEAT_MS = 10_000;
/** One there that has been silent for so long is gone. A step of training may keep it from showing for a while. */
const SILENCE_MS = 300_000;

/** A folder that this process alone writes into. */
export interface FolderLock {
  release(): void;
}

/** Who holds a folder. */
export interface LockHolder extends Owner {
  /** Of this holding, so that a lock taken over is not removed by the one before. */
  readonly id: string;
  /** What it does there, for people. */
  readonly doing: string;
}

/** Somebody else works in the folder. */
export class LockedError extends Error {
  override readonly name = 'LockedError';
}

/**
 * Keep others out of a folder, which is made. The lock dies with its process, however that ends: one whose process is
 * gone is taken over; one of another machine or container, when it has not shown for five minutes.
 *
 * @param doing what this process does there: `concord grid run`.
 * @throws LockedError naming who holds it.
 */
export function lockFolder(folder: string, doing: string): FolderLock {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, LOCK_FILE);
  const holder: LockHolder = { ...thisProcess(), id: randomUUID(), doing };
  take(folder, file, holder);
  const beat = setInterval(() => touch(file), BEAT_MS).unref();
  const release = () => {
    clearInterval(beat);
    process.off('exit', release);
    if (readHolder(file)?.id === holder.id) rmSync(file, { force: true });
  };
  process.on('exit', release);
  return { release };
}

/** Who works in a folder now; undefined where nobody does. */
export function folderHolder(folder: string): LockHolder | undefined {
  const file = join(folder, LOCK_FILE);
  const seen = readHolder(file);
  return seen && isHolding(file, seen) ? seen : undefined;
}

/** An abandoned lock is replaced by its successor, itself a lock: so only one of many takes it over. */
function take(folder: string, file: string, holder: LockHolder): void {
  while (!tryLock(file, holder)) {
    const seen = readHolder(file);
    if (!seen) continue;
    if (isHolding(file, seen)) throw new LockedError(refusal(folder, file, seen));
    const successor = `${file}.after-${seen.id}`;
    take(folder, successor, holder);
    if (readHolder(file)?.id === seen.id) return renameSync(successor, file);
    rmSync(successor);
  }
}

function tryLock(file: string, holder: LockHolder): boolean {
  const draft = `${file}.${holder.id}`;
  writeFileSync(draft, JSON.stringify(holder));
  try {
    // A hard link appears with its content: nobody reads half a lock.
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Undefined where there is none, and where there was one a moment ago. */
function readHolder(file: string): LockHolder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as LockHolder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`${file}: not a lock of this program; remove it if nothing runs in this folder`, {
      cause: error,
    });
  }
}

function isHolding(file: string, holder: LockHolder): boolean {
  if (isGone(holder)) return false;
  if (holder.place === thisProcess().place) return true;
  const since = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return since !== undefined && Date.now() - since < SILENCE_MS;
}

function touch(file: string): void {
  const now = new Date();
  try {
    utimesSync(file, now, now);
  } catch {
    // Removed by hand, or the disk is gone: the work says so itself where it matters.
  }
}

function refusal(folder: string, file: string, { pid, place, doing }: LockHolder): string {
  return (
    `${folder}: ${doing} works in it (process ${pid} on ${place.split(' ')[0]}); wait for it, or stop it. ` +
    `If that machine is gone, the lock ${file} opens by itself within five minutes`
  );
}
