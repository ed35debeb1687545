import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { startPython, workspaceRoot } from '@concord/baselines';
import { TRAINING_PROCESS } from '../files/trainingProcess.js';
import type { CellResult } from '../train/cellFiles.js';
import { inputsHash } from './cellInputs.js';
import type { CellRequest } from './cellProcess.js';
import type { AskedCell, FailedCell, FailureKind, GridEngine, GridRun } from './engine.js';
import { logPath } from './gridFolder.js';

/** What Ray is asked for. */
export interface RayOptions {
  /** Of a cluster that runs; without one Ray starts its own on this machine, for the time of the run. */
  readonly address?: string;
  readonly cpusPerRun: number;
  readonly gpusPerRun: number;
  readonly maxConcurrent?: number;
  /** What a cell is computed by, instead of the trainer: a command, its options, and a file of the checkout. */
  readonly program?: readonly string[];
}

/** What the driver in Python says, a line each. */
type DriverEvent =
  | { readonly event: 'note'; readonly text: string }
  | { readonly event: 'started'; readonly cell: number; readonly where: string }
  | { readonly event: 'steps'; readonly cell: number; readonly steps: number }
  | { readonly event: 'said'; readonly text: string }
  | { readonly event: 'done'; readonly cell: number; readonly result: CellResult }
  | { readonly event: 'left'; readonly cell: number }
  | FailedEvent
  | { readonly event: 'refused'; readonly reason: string };

interface FailedEvent {
  readonly event: 'failed';
  readonly cell: number;
  readonly kind: FailureKind;
  readonly reason: string;
  readonly attempts: number;
}

/** Ray's tasks, each of which starts a trainer where it runs. */
export function rayEngine(options: RayOptions): GridEngine {
  return {
    async run(cells, run) {
      if (cells.length === 0 || run.signal.aborted) {
        return { done: 0, failed: [], interrupted: run.signal.aborted };
      }
      const driver = startPython(['-m', 'concord_bridge.grid']);
      const stop = () => void driver.kill('SIGTERM');
      run.signal.addEventListener('abort', stop);
      let said = '';
      driver.stderr.on('data', (chunk: Buffer) => (said = (said + String(chunk)).slice(-4000)));
      const ended = once(driver, 'close') as Promise<[number | null, string | null]>;
      // A driver that ends early leaves lines unread; it says itself why.
      const fed = pipeline(Readable.from(lines(cells, run, options)), driver.stdin).catch(() => undefined);
      const outcome = new Outcome(cells, run);
      let refusal: string | undefined;
      try {
        for await (const line of createInterface({ input: driver.stdout })) {
          const event = JSON.parse(line) as DriverEvent;
          if (event.event === 'refused') refusal = event.reason;
          else outcome.hear(event);
        }
        const [code, signal] = await ended;
        await fed;
        if (refusal !== undefined) throw new Error(refusal);
        if (code !== 0) {
          throw new Error(
            `the Ray driver ended (${signal ?? `exit code ${code}`}): ${said.trim().slice(-1000)}`,
          );
        }
        return { done: outcome.done, failed: outcome.failed, interrupted: run.signal.aborted };
      } finally {
        run.signal.removeEventListener('abort', stop);
        driver.kill('SIGKILL');
      }
    },
  };
}

/** What comes of cells, from the events of the driver. */
class Outcome {
  done = 0;
  readonly failed: FailedCell[] = [];

  constructor(
    private readonly cells: readonly AskedCell[],
    private readonly run: GridRun,
  ) {}

  hear(event: Exclude<DriverEvent, { readonly event: 'refused' }>): void {
    const { note, hear } = this.run;
    if (event.event === 'note' || event.event === 'said') return note(event.text);
    const cell = this.cells[event.cell]!;
    if (event.event === 'started') return hear.started(cell, event.where);
    if (event.event === 'steps') return hear.step(cell, event.steps);
    if (event.event === 'left') return hear.left(cell);
    if (event.event === 'done') {
      this.done += 1;
      return hear.done(cell, event.result);
    }
    const { kind, reason, attempts } = event;
    const failure = { cell, kind, reason, attempts };
    this.failed.push(failure);
    hear.failed(failure);
  }
}

/** The settings, and then a cell a line, read as fast as the driver takes them. */
function* lines(cells: readonly AskedCell[], run: GridRun, options: RayOptions): Generator<string> {
  yield settingsLine(run, options);
  for (const [id, cell] of cells.entries()) yield cellLine(id, cell, run);
}

/** How cells are run, as the driver in Python reads it. */
export function settingsLine(
  run: Pick<GridRun, 'setting' | 'limits' | 'retries'>,
  options: RayOptions,
): string {
  const { seconds, megabytes } = run.limits;
  const main = ['apps', 'compare', 'dist', 'grid', 'cellProcess.js'];
  return line({
    address: options.address ?? null,
    cpusPerRun: options.cpusPerRun,
    gpusPerRun: options.gpusPerRun,
    maxConcurrent: options.maxConcurrent ?? null,
    retries: run.retries,
    seconds: seconds ?? null,
    megabytes: megabytes ?? null,
    home: workspaceRoot(),
    program: options.program ?? ['node', ...TRAINING_PROCESS.nodeFlags, main.join('/')],
    environment: TRAINING_PROCESS.environment(process.env),
    results: run.setting.folder,
  });
}

/** A cell, as the driver reads it. @param check only see whether it could be run. */
export function cellLine(
  id: number,
  cell: AskedCell,
  { setting: { folder: _, ...setting } }: Pick<GridRun, 'setting'>,
  check?: boolean,
): string {
  return line({
    ...{ id, key: inputsHash(cell.inputs), log: logPath(cell.folder), folder: cell.folder },
    request: { setting, cell, ...(check && { check }) } satisfies CellRequest,
  });
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
