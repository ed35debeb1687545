import type { CellResult } from '../train/cellFiles.js';
import type { GridCell } from './cells.js';
import { forkWorker, type ForkedWorker } from './forkWorker.js';
import type { WorkerSetting } from './gridWorker.js';

/** A cell that could not be computed, and why. */
export interface FailedCell {
  readonly cell: GridCell;
  readonly reason: string;
}

/** What came of a run over the missing cells. */
export interface GridOutcome {
  readonly done: number;
  readonly failed: readonly FailedCell[];
  readonly interrupted: boolean;
}

/** How cells are run. */
export interface GridRun {
  readonly setting: WorkerSetting;
  readonly jobs: number;
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
  readonly onResult: (cell: GridCell, result: CellResult) => void;
}

/**
 * Run cells in worker processes, each taking the next one when it has finished one. A cell that fails is left out
 * and named; the others go on. An abort lets every worker finish its step and save.
 */
export async function runGrid(cells: readonly GridCell[], run: GridRun): Promise<GridOutcome> {
  const { setting, jobs, signal, note, onResult } = run;
  const waiting = [...cells];
  const failed: FailedCell[] = [];
  let done = 0;

  const drain = async (): Promise<void> => {
    let worker: ForkedWorker | undefined;
    const stop = () => worker?.stop();
    signal.addEventListener('abort', stop);
    try {
      for (let cell = waiting.shift(); cell && !signal.aborted; cell = waiting.shift()) {
        worker ??= await forkWorker(setting, note);
        if (signal.aborted) break;
        try {
          const result = await worker.run(cell);
          if (!result) break;
          done += 1;
          onResult(cell, result);
        } catch (error) {
          failed.push({ cell, reason: (error as Error).message });
          // Whether the cell or its process broke: the next one gets a worker that answers.
          await worker.close().catch(() => undefined);
          worker = undefined;
        }
      }
    } finally {
      signal.removeEventListener('abort', stop);
      await worker?.close().catch(() => undefined);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, cells.length) }, drain));
  return { done, failed, interrupted: signal.aborted };
}
