/** A trainer for one cell, as a job of Ray's driver. */
import { join } from 'node:path';
import { GridWorker, type WorkerSetting } from '../crosscancer/gridWorker.js';
import { isEmbedded } from '../train/loadCohorts.js';
import { serveJob } from './driverJob.js';
import type { AskedCell } from './engine.js';

/** What a trainer is asked. */
export interface CellRequest {
  /** Its folder is the working directory, in which everything is written as in a study's. */
  readonly setting: Omit<WorkerSetting, 'folder'>;
  readonly cell: AskedCell;
  /** Only say whether the cell could be run here; the result is a CheckResult. */
  readonly check?: boolean;
  /** Folder with the data that were sent here, in which cohort files are looked for. */
  readonly data?: string;
}

/** What runs cells here. */
export interface CheckResult {
  readonly nodejs: string;
  readonly concord: string;
}

/** Milliseconds between two words on how many steps were taken. */
const STEP_WORDS_MS = 1000;

serveJob<CellRequest>(async ({ setting, cell, check, data }, { signal, say }) => {
  let told = performance.now();
  const cohorts = data === undefined ? setting.cohorts : within(data, setting.cohorts);
  const worker = await GridWorker.open(
    { ...setting, cohorts, folder: process.cwd() },
    {
      note: (note) => say({ note }),
      step: (steps) => {
        if (performance.now() - told < STEP_WORDS_MS) return;
        told = performance.now();
        say({ steps });
      },
    },
  );
  const result = check ? await checked(worker, cell) : await worker.run(cell, signal);
  await worker.close();
  return result;
});

function within(data: string, cohorts: readonly string[]): string[] {
  return cohorts.map((name) => (isEmbedded(name) ? name : join(data, name)));
}

async function checked(worker: GridWorker, cell: AskedCell): Promise<CheckResult> {
  await worker.check(cell);
  // The digest of the code is that of who asked, or the check had failed.
  return { nodejs: process.versions.node, concord: cell.inputs.code.training.slice(0, 12) };
}
