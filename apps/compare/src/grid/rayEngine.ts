import { TRAINING_PROCESS } from '../files/trainingProcess.js';
import type { CellResult } from '../train/cellFiles.js';
import { inputsHash } from './cellInputs.js';
import type { CellRequest } from './cellProcess.js';
import type { AskedCell, FailedCell, GridEngine, GridRun } from './engine.js';
import { logPath } from './gridFolder.js';
import { driveRay, type DriverEvent, type DriverJob, type DriverSettings } from './rayDriver.js';

/** What Ray is asked for. */
export interface RayOptions extends Pick<
  DriverSettings,
  'address' | 'cpusPerRun' | 'gpusPerRun' | 'maxConcurrent'
> {
  /** What a cell is computed by, instead of the trainer: a command, its options, and a file of the checkout. */
  readonly program?: readonly string[];
}

/** Ray's tasks, each of which starts a trainer where it runs. */
export function rayEngine(options: RayOptions): GridEngine {
  return {
    async run(cells, run) {
      const outcome = new Outcome(cells, run);
      if (cells.length > 0 && !run.signal.aborted) {
        await driveRay<CellResult>(cellSettings(run, options), jobsOf(cells, run), run.signal, (event) =>
          outcome.hear(event),
        );
      }
      return { done: outcome.done, failed: outcome.failed, interrupted: run.signal.aborted };
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

  hear(event: DriverEvent<CellResult>): void {
    const { note, hear } = this.run;
    if (event.event === 'note') return note(event.text);
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

function* jobsOf(cells: readonly AskedCell[], run: GridRun): Generator<DriverJob> {
  for (const [id, cell] of cells.entries()) yield cellJob(id, cell, run);
}

/** How cells are run. */
export function cellSettings(
  { setting, limits, retries }: Pick<GridRun, 'setting' | 'limits' | 'retries'>,
  { program, ...options }: RayOptions,
): DriverSettings {
  return {
    ...options,
    ...{ limits, retries, results: setting.folder },
    program: program ?? ['node', ...TRAINING_PROCESS.nodeFlags, 'apps/compare/dist/grid/cellProcess.js'],
    environment: TRAINING_PROCESS.environment(process.env),
  };
}

/** A cell, as a job. @param check only see whether it could be run. */
export function cellJob(
  id: number,
  cell: AskedCell,
  { setting: { folder: _, ...setting } }: Pick<GridRun, 'setting'>,
  check?: boolean,
): DriverJob {
  return {
    ...{ id, key: inputsHash(cell.inputs), log: logPath(cell.folder), folder: cell.folder },
    keep: setting.keep,
    request: { setting, cell, ...(check && { check }) } satisfies CellRequest,
  };
}
