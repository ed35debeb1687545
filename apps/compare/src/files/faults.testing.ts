/**
 * Loaded into a process before its program (`node --import`): ends it, or fills its disk, at a chosen operation, so
 * that a test need not be lucky. Where a file for ballast is named, the disk that this is on becomes really full.
 *
 * Operations are `read PATH`, `write PATH`, `rename PATH` (the new name), `remove PATH`, and `turn` where a program
 * lets the event loop turn, as training does before each step.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import promises, { type FileHandle } from 'node:fs/promises';
import timers from 'node:timers/promises';

/** What goes wrong. */
export interface Fault {
  /** A regular expression that operations are held against. */
  readonly at: string;
  /** Which of those that match, from 1, in each process by itself. */
  readonly nth: number;
  /**
   * `kill` comes half way through a write and before any other operation, `kill soon` some milliseconds later, in
   * whatever is done then; `kill all` ends the process that started this one as well, `kill parent` that one alone. A
   * disk that is full stays full.
   */
  readonly effect: 'kill' | 'kill soon' | 'kill all' | 'kill parent' | 'full disk';
}

/** Environment of a process with a fault; `log` gets a line for each operation of it and of those that it starts. */
export function faultEnvironment(fault?: Fault, log?: string, ballast?: string): Record<string, string> {
  return {
    NODE_OPTIONS: `--import ${new URL('../../dist/files/faults.testing.js', import.meta.url).href}`,
    ...(fault && { CONCORD_TEST_FAULT: JSON.stringify(fault) }),
    ...(log !== undefined && { CONCORD_TEST_LOG: log }),
    ...(ballast !== undefined && { CONCORD_TEST_BALLAST: ballast }),
  };
}

const given = process.env['CONCORD_TEST_FAULT'];
const log = process.env['CONCORD_TEST_LOG'];
const ballast = process.env['CONCORD_TEST_BALLAST'];
const fault = given === undefined ? undefined : (JSON.parse(given) as Fault);

if (fault ?? log) install();

function install(): void {
  const { writeFileSync, renameSync, rmSync } = fs;
  const journal = log === undefined ? undefined : fs.openSync(log, 'a');
  const { open, readFile, rename, rm } = promises;
  const { setImmediate } = timers;
  let seen = 0;
  let isFull = false;

  /** @returns whether the operation is not to be done. */
  const strikes = (operation: string, half?: () => void): boolean => {
    if (operation.startsWith('read file:')) return false;
    if (journal !== undefined) fs.writeSync(journal, `${process.pid} ${operation}\n`);
    if (isFull) return ballast === undefined && operation.startsWith('write');
    if (!fault || !new RegExp(fault.at).test(operation) || (seen += 1) !== fault.nth) return false;
    if (fault.effect === 'kill soon') {
      spawn('kill', ['-KILL', String(process.pid)], { stdio: 'ignore' });
      return false;
    }
    if (fault.effect === 'full disk') {
      isFull = true;
      if (ballast !== undefined) return fill(ballast);
      half?.();
      return operation.startsWith('write');
    }
    half?.();
    if (fault.effect !== 'kill') process.kill(process.ppid, 'SIGKILL');
    if (fault.effect !== 'kill parent') process.kill(process.pid, 'SIGKILL');
    return false;
  };
  const noSpace = () =>
    Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

  fs.writeFileSync = (path, data, options) => {
    if (typeof data !== 'string') return writeFileSync(path, data, options);
    const half = () => writeFileSync(path, data.slice(0, data.length >> 1), options);
    if (strikes(`write ${String(path)}`, half)) throw noSpace();
    writeFileSync(path, data, options);
  };
  fs.renameSync = (from, to) => {
    strikes(`rename ${String(to)}`);
    renameSync(from, to);
  };
  fs.rmSync = (path, options) => {
    strikes(`remove ${String(path)}`);
    rmSync(path, options);
  };
  promises.open = async (path, ...rest) => {
    const handle = await open(path, ...rest);
    const write = handle.write.bind(handle) as (bytes: Uint8Array, ...more: unknown[]) => Promise<unknown>;
    handle.write = (async (bytes: Uint8Array, ...more: unknown[]) => {
      const half = () => fs.writeSync(handle.fd, bytes, 0, bytes.length >> 1);
      if (strikes(`write ${String(path)}`, half)) throw noSpace();
      return write(bytes, ...more);
    }) as FileHandle['write'];
    return handle;
  };
  promises.rename = async (from, to) => {
    strikes(`rename ${String(to)}`);
    await rename(from, to);
  };
  promises.rm = async (path, options) => {
    strikes(`remove ${String(path)}`);
    await rm(path, options);
  };
  promises.readFile = ((path: string, ...rest: [BufferEncoding]) => {
    strikes(`read ${path}`);
    return readFile(path, ...rest);
  }) as typeof readFile;
  timers.setImmediate = ((...given: [unknown]) => {
    strikes('turn');
    return setImmediate(...given);
  }) as typeof setImmediate;
  syncBuiltinESMExports();
}

/** Write until there is no room for another byte. @returns that the next operation is to find out itself. */
function fill(path: string): false {
  const file = fs.openSync(path, 'a');
  for (let size = 2 ** 20; size >= 1; size >>= 2) {
    try {
      for (;;) fs.writeSync(file, Buffer.alloc(size));
    } catch {
      // Smaller pieces may still have room.
    }
  }
  fs.closeSync(file);
  return false;
}
