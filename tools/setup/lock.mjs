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
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onExit } from './on-exit.mjs';

const BEAT_MS = 5_000;
/** A holder on another machine (or in another container) that has not beaten for this long is gone. */
const SILENCE_MS = 60_000;

/**
 * Hold `file` as a lock while `work` runs. A lock whose process is dead is taken over.
 *
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {(holder: string) => void} onWait called once if somebody else holds the lock
 * @returns {Promise<T>}
 */
export async function withLock(file, work, onWait = () => {}) {
  mkdirSync(dirname(file), { recursive: true });
  let told = false;
  while (!tryLock(file)) {
    if (removeIfAbandoned(file)) continue;
    if (!told) onWait(describeHolder(file));
    told = true;
    await sleep(200);
  }
  const beat = setInterval(() => touch(file), BEAT_MS);
  beat.unref();
  const release = () => rmSync(file, { force: true });
  const forget = onExit(release);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    forget();
    release();
  }
}

/** @param {string} file */
function tryLock(file) {
  const mine = `${file}.${randomUUID()}`;
  writeFileSync(mine, JSON.stringify({ pid: process.pid, host: hostname(), started: startOf(process.pid) }));
  try {
    // A hard link appears with its content, so no one ever reads a half-written lock.
    linkSync(mine, file);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(mine, { force: true });
  }
}

/**
 * @param {string} file
 * @returns {boolean} whether it was abandoned, so that another try is worth it at once
 */
function removeIfAbandoned(file) {
  const seen = readHolder(file);
  if (!seen || isAlive(file, seen)) return false;
  // Moved aside and looked at again: another waiter may have taken the lock over in between.
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
    const moved = readHolder(aside);
    if (moved && (moved.pid !== seen.pid || moved.started !== seen.started)) linkSync(aside, file);
  } catch {
    // Somebody else was quicker; the next try sees what they left.
  } finally {
    rmSync(aside, { force: true });
  }
  return true;
}

/** @param {string} file @param {{ pid: number, host: string, started: string }} holder */
function isAlive(file, holder) {
  if (holder.host !== hostname()) {
    try {
      return Date.now() - statSync(file).mtimeMs < SILENCE_MS;
    } catch {
      return true;
    }
  }
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH') return false;
  }
  return startOf(holder.pid) === holder.started;
}

/**
 * When a process started, in ticks since boot, so that a number used again is not taken for the old process.
 * Empty where the system does not tell.
 *
 * @param {number} pid
 */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/** @param {string} file @returns {{ pid: number, host: string, started: string } | undefined} */
function readHolder(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {string} file */
function describeHolder(file) {
  const holder = readHolder(file);
  return holder ? `process ${holder.pid} on ${holder.host}` : 'another process';
}

/** @param {string} file */
function touch(file) {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // The lock file was removed by hand; the work goes on and ends atomically all the same.
  }
}
