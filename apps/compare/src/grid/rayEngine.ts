import { TRAINING_PROCESS } from '../files/trainingProcess.js';
import type { CellResult } from '../train/cellFiles.js';
import { inputsHash } from './cellInputs.js';
import type { CellRequest } from './cellProcess.js';
import type { AskedCell, FailedCell, GridEngine, GridRun } from './engine.js';
import { logPath } from './gridFolder.js';
import { sentData, type SentData } from './sentData.js';
import { driveRay, type DriverEvent, type DriverJob, type DriverSettings } from './rayDriver.js';

/** What Ray is asked for. */
export interface RayOptions extends Pick<
  DriverSettings,
  'address' | 'cpusPerRun' | 'gpusPerRun' | 'maxConcurrent' | 'store'
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
        const sent = options.store === undefined ? undefined : await sentData(run.setting);
        await driveRay<CellResult>(
          cellSettings(run, options, sent),
          jobsOf(cells, run, sent),
          run.signal,
          (event) => outcome.hear(event),
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

function* jobsOf(
  cells: readonly AskedCell[],
  run: GridRun,
  sent: SentData | undefined,
): Generator<DriverJob> {
  for (const [id, cell] of cells.entries()) yield cellJob(id, cell, run, { ...(sent && { sent }) });
}

/** How cells are run. @param sent data that go through the store. */
export function cellSettings(
  { setting, limits, retries }: Pick<GridRun, 'setting' | 'limits' | 'retries'>,
  { program, ...options }: RayOptions,
  sent?: SentData,
): DriverSettings {
  return {
    ...options,
    ...{ limits, retries, results: setting.folder, data: sent?.files ?? [] },
    program: program ?? ['node', ...TRAINING_PROCESS.nodeFlags, 'apps/compare/dist/grid/cellProcess.js'],
    environment: TRAINING_PROCESS.environment(process.env),
  };
}

/** A cell, as a job. @param check only see whether it could be run. @param sent data that go through the store. */
export function cellJob(
  id: number,
  cell: AskedCell,
  { setting: { folder: _, ...setting } }: Pick<GridRun, 'setting'>,
  { check, sent }: { readonly check?: boolean; readonly sent?: SentData } = {},
): DriverJob {
  const request: CellRequest = {
    setting: { ...setting, ...(sent && { cohorts: sent.cohorts }) },
    cell,
    ...(check && { check }),
  };
  return {
    ...{ id, key: inputsHash(cell.inputs), log: logPath(cell.folder), folder: cell.folder },
    ...{ keep: setting.keep, request },
  };
}
