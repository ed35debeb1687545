import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'vite';
import { workspaceRoot } from './workspace.js';

const home = join(workspaceRoot(), 'packages', 'baselines');

/** Build this package for a plain Node; beside dist, so that its dependencies are found. Returns the entry. */
export async function buildForHost(): Promise<string> {
  const outDir = join(home, 'dist', `host-${process.pid}`);
  await build({
    configFile: false,
    root: home,
    logLevel: 'silent',
    build: { ssr: 'src/index.ts', outDir, emptyOutDir: true, target: 'node20' },
  });
  return join(outDir, 'index.js');
}

/** A program with a bridge, in a process group of its own. */
export interface Host {
  readonly child: ChildProcess;
  readonly worker: { readonly pid: number; readonly directory: string };
  /** Lines printed after the first. */
  readonly lines: string[];
  /** What it has written to standard error. */
  complaints(): string;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/** Start host.mjs, and wait until its bridge is open. */
export async function startHost(
  entry: string,
  what: string,
  env: Record<string, string> = {},
): Promise<Host> {
  const child = spawn(process.execPath, [join(home, 'testing', 'host.mjs'), entry, what], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, ...env },
  });
  let complaint = '';
  child.stderr.on('data', (chunk) => (complaint += chunk));
  const ended = once(child, 'exit').then(([code, signal]) => (signal ?? code) as number | string);
  const reader = createInterface(child.stdout);
  const lines: string[] = [];
  const first = await Promise.race([
    once(reader, 'line').then(([line]) => String(line)),
    ended.then((how) => Promise.reject(new Error(`the host ended (${how}): ${complaint}`))),
  ]);
  reader.on('line', (line) => lines.push(line));
  return { child, worker: JSON.parse(first), lines, complaints: () => complaint, ended };
}

/** Processes that run (dead ones that nobody waited for aside) and name `text` in their command line. */
export function processesNaming(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Whether a process runs; a dead one that nobody waited for does not. */
export function runs(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

/** Milliseconds until `condition` holds; fails after 5 s, the most that an ending may take. */
export async function untilHolds(condition: () => boolean): Promise<number> {
  const start = performance.now();
  while (!condition()) {
    if (performance.now() - start > 5000) throw new Error(`still not so after 5 s: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return performance.now() - start;
}
