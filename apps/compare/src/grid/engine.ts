import type { GridCell } from '../crosscancer/cells.js';
import type { WorkerSetting } from '../crosscancer/gridWorker.js';
import type { CellResult } from '../train/cellFiles.js';
import type { CellInputs } from './cellInputs.js';

/** Who schedules cells. */
export const ENGINES = ['local', 'ray'] as const;

export type EngineName = (typeof ENGINES)[number];

/** A cell to be computed, and all that determines what comes of it. */
export interface AskedCell extends GridCell {
  readonly inputs: CellInputs;
}

/**
 * Why a cell has no result. `program`: the trainer said no, and would again. `system`: its process or its machine went.
 * `time`, `memory`: it took more than it may. `node`: no machine could start it. `disk`: there was no room.
 */
export type FailureKind = 'program' | 'system' | 'time' | 'memory' | 'node' | 'disk';

/** A cell that could not be computed. */
export interface FailedCell {
  readonly cell: AskedCell;
  readonly kind: FailureKind;
  readonly reason: string;
  /** How often it was begun. */
  readonly attempts: number;
}

/** What came of a run over the missing cells. */
export interface GridOutcome {
  readonly done: number;
  readonly failed: readonly FailedCell[];
  readonly interrupted: boolean;
}

/** What a cell may take. */
export interface CellLimits {
  readonly seconds?: number;
  /** Of its process and those that it starts, resident, in 2^20 bytes. */
  readonly megabytes?: number;
}

/** How cells are run, whoever schedules them. */
export interface GridRun {
  readonly setting: WorkerSetting;
  readonly limits: CellLimits;
  /** How often a cell is begun anew when its process or its machine went; one that the trainer refused never is. */
  readonly retries: number;
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
  readonly hear: GridListener;
}

/** What happens to cells, for who looks on. What lies on disk is the truth; this is not needed to go on. */
export interface GridListener {
  /** @param where such as `process 123`. */
  started(cell: AskedCell, where: string): void;
  step(cell: AskedCell, steps: number): void;
  done(cell: AskedCell, result: CellResult): void;
  failed(failure: FailedCell): void;
  /** Stopped on demand, with a checkpoint. */
  left(cell: AskedCell): void;
}

/** Schedules cells, and nothing else: each cell's folder is written by the worker that computes it. */
export interface GridEngine {
  /**
   * Run cells until all are done or failed, or the signal stops it. A cell that fails is named; the others go on.
   *
   * @throws Error if nothing can be run at all: no Ray, no cluster at that address, a wrong token.
   */
  run(cells: readonly AskedCell[], run: GridRun): Promise<GridOutcome>;
}

/** How often a cell is begun anew where nobody says. */
export const RETRIES = 3;
