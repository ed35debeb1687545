import { setTimeout as sleep } from 'node:timers/promises';
import type { ResultPromise } from 'execa';
import { expect } from 'vitest';
import { descendants, doneCells } from './grid.testing.js';

/** What is killed: what computes a cell, Ray's part of a machine, or what schedules. */
export type Victim = 'worker' | 'node' | 'driver';

/** A grid that is to be disturbed. */
export interface Disturbance {
  readonly engine: 'local' | 'ray';
  readonly victim: Victim;
  readonly cells: number;
  /** How often something is killed, at most. */
  readonly times: number;
}

const LEAST_MS = 20;
/** A kill comes within this time of the moment from which it may. */
const MOMENT_MS = 3000;
/** Runs that a grid may need beside one for each kill. */
const SPARE_RUNS = 3;

/**
 * Run a grid, kill processes of it at random moments, and run it again until nothing is left of it. Every kill waits
 * for another number of cells to be done, so that kills are spread over the whole grid.
 *
 * @returns how many kills met their victim while cells were open.
 */
export async function disturb(
  run: () => ResultPromise<{ reject: false; cwd: string; env: Readonly<Record<string, string>> }>,
  study: string,
  { engine, victim, cells, times }: Disturbance,
): Promise<number> {
  const from = Array.from({ length: times }, () => Math.floor(Math.random() * cells)).sort((a, b) => a - b);
  let met = 0;
  for (let runs = 1; ; runs += 1) {
    const running = run();
    let over = false;
    const ended = running.finally(() => (over = true));
    while (!over && from.length > 0) {
      await sleep(LEAST_MS);
      if (doneCells(study).length < from[0]! || !victimOf(running.pid!, 'worker', engine)) continue;
      await sleep(Math.random() * MOMENT_MS);
      const pid = over ? undefined : victimOf(running.pid!, victim, engine);
      if (!pid || doneCells(study).length === cells || !killed(pid)) continue;
      from.shift();
      met += 1;
      if (victim !== 'worker') break;
    }
    const { exitCode, stderr } = await ended;
    if (exitCode === 0) return met;
    expect(runs, stderr).toBeLessThan(times + SPARE_RUNS);
  }
}

/** False where it had ended by itself. */
function killed(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

/** A process to be killed; undefined where none of its kind runs at the moment. */
function victimOf(pid: number, victim: Victim, engine: string): number | undefined {
  const below = descendants(pid);
  const name = {
    worker: engine === 'ray' ? /cellProcess\.js/ : /workerProcess\.js/,
    node: /\/raylet\/raylet /,
    // Ray's driver is two processes: the command, and what it talks to Ray by.
    driver: /-m concord_bridge\.grid/,
  }[victim];
  const found = below.filter(({ command }) => name.test(command)).map((one) => one.pid);
  if (victim === 'driver') found.push(pid);
  return found[Math.floor(Math.random() * found.length)];
}
