import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { startPython, workspaceRoot } from '@concord/baselines';
import type { CellLimits, FailureKind } from './engine.js';
import type { DataFile } from './sentData.js';

/** How the driver in Python runs jobs, whatever they are. */
export interface DriverSettings {
  /** Of a cluster that runs; without one Ray starts its own on this machine, for the time of the run. */
  readonly address?: string;
  readonly cpusPerRun: number;
  readonly gpusPerRun: number;
  readonly maxConcurrent?: number;
  readonly retries: number;
  readonly limits: CellLimits;
  /** What each job is a process of: a command, its options, and a file of the checkout. */
  readonly program: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Where what a job writes is brought, which every node sees unless there is a store; without it only its result comes back. */
  readonly results?: string;
  /** URL, as fsspec takes it, through which data and results go where machines share no folder. */
  readonly store?: string;
  /** What jobs read, where it goes through the store: their requests get `data`, a folder that holds it by name. */
  readonly data?: readonly DataFile[];
}

/** One process to be run. */
export interface DriverJob {
  readonly id: number;
  /** Of all that determines it. */
  readonly key: string;
  /** Its place in `results`, and of what it prints. */
  readonly folder: string;
  readonly log: string;
  /** What its process reads; the driver does not look into it. */
  readonly request: object;
  /** Bring its checkpoints, too. */
  readonly keep: boolean;
}

/** What the driver says of a job, or of itself, a line each. */
export type DriverEvent<Result> =
  | { readonly event: 'note'; readonly text: string }
  | { readonly event: 'started'; readonly cell: number; readonly where: string }
  | { readonly event: 'steps'; readonly cell: number; readonly steps: number }
  | { readonly event: 'done'; readonly cell: number; readonly result: Result }
  | { readonly event: 'left'; readonly cell: number }
  | {
      readonly event: 'failed';
      readonly cell: number;
      readonly kind: FailureKind;
      readonly reason: string;
      readonly attempts: number;
    };

/**
 * Run jobs as Ray tasks until all have ended; an abort lets those under way stop by themselves.
 *
 * @param jobs read as fast as the driver takes them.
 * @throws Error if nothing can be run, or the driver went.
 */
export async function driveRay<Result>(
  settings: DriverSettings,
  jobs: Iterable<DriverJob>,
  signal: AbortSignal,
  hear: (event: DriverEvent<Result>) => void,
): Promise<void> {
  const driver = startPython(['-m', 'concord_bridge.grid']);
  const stop = () => void driver.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  let said = '';
  driver.stderr.on('data', (chunk: Buffer) => (said = (said + String(chunk)).slice(-4000)));
  const ended = once(driver, 'close') as Promise<[number | null, string | null]>;
  // A driver that ends early leaves lines unread; it says itself why.
  const fed = pipeline(Readable.from(lines(settings, jobs)), driver.stdin).catch(() => undefined);
  let refusal: string | undefined;
  try {
    for await (const line of createInterface({ input: driver.stdout })) {
      const event = JSON.parse(line) as
        DriverEvent<Result> | { readonly event: 'refused'; readonly reason: string };
      if (event.event === 'refused') refusal = event.reason;
      else hear(event);
    }
    const [code, ending] = await ended;
    await fed;
    if (refusal !== undefined) throw new Error(refusal);
    if (code !== 0) {
      throw new Error(`the Ray driver ended (${ending ?? `exit code ${code}`}): ${said.trim().slice(-1000)}`);
    }
  } finally {
    signal.removeEventListener('abort', stop);
    driver.kill('SIGKILL');
  }
}

function* lines(settings: DriverSettings, jobs: Iterable<DriverJob>): Generator<string> {
  yield settingsLine(settings);
  for (const job of jobs) yield jobLine(job);
}

/** The settings, as the driver reads them first. */
export function settingsLine(settings: DriverSettings): string {
  const { address, maxConcurrent, limits, results, store, data, ...others } = settings;
  return line({
    ...others,
    address: address ?? null,
    maxConcurrent: maxConcurrent ?? null,
    seconds: limits.seconds ?? null,
    megabytes: limits.megabytes ?? null,
    home: workspaceRoot(),
    results: results ?? null,
    store: store ?? null,
    data: data ?? [],
  });
}

/** A job, as the driver reads it. */
export function jobLine(job: DriverJob): string {
  return line(job);
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
