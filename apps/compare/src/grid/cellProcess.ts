/**
 * A trainer for one cell, for an engine in another language. The first line of standard input is a CellRequest; a line
 * `stop` finishes the step and saves; the end of standard input ends the process. Standard output has one CellEvent a
 * line, and last of all a result, null where it was stopped, or an error.
 */
import { createInterface } from 'node:readline';
import { GridWorker, type WorkerSetting } from '../crosscancer/gridWorker.js';
import type { CellResult } from '../train/cellFiles.js';
import type { AskedCell } from './engine.js';

/** What a trainer is asked. */
export interface CellRequest {
  /** Its folder is the working directory, in which everything is written as in a study's. */
  readonly setting: Omit<WorkerSetting, 'folder'>;
  readonly cell: AskedCell;
  /** Only say whether the cell could be run here; the result is a CheckResult. */
  readonly check?: boolean;
}

/** What runs cells here. */
export interface CheckResult {
  readonly nodejs: string;
  readonly concord: string;
}

/** What it says. */
export type CellEvent =
  | { readonly note: string }
  | { readonly steps: number }
  | { readonly result: CellResult | CheckResult | null }
  | { readonly error: string };

/** Milliseconds between two words on how many steps were taken. */
const STEP_WORDS_MS = 1000;

// The terminal sends a signal to every process; the one that started this one decides what comes of it.
process.on('SIGINT', () => undefined).on('SIGTERM', () => undefined);
const controller = new AbortController();
let asked = false;
createInterface({ input: process.stdin })
  .on('line', (line) => {
    if (asked) return line === 'stop' ? controller.abort() : undefined;
    asked = true;
    void answer(JSON.parse(line) as CellRequest);
  })
  .on('close', () => process.exit(1));

async function answer({ setting, cell, check }: CellRequest): Promise<void> {
  let told = performance.now();
  try {
    const worker = await GridWorker.open(
      { ...setting, folder: process.cwd() },
      {
        note: (note) => say({ note }),
        step: (steps) => {
          if (performance.now() - told < STEP_WORDS_MS) return;
          told = performance.now();
          say({ steps });
        },
      },
    );
    const result = check ? await checked(worker, cell) : await worker.run(cell, controller.signal);
    await worker.close();
    say({ result: result ?? null }, () => process.exit(0));
  } catch (error) {
    console.error(error);
    say({ error: (error as Error).message }, () => process.exit(1));
  }
}

async function checked(worker: GridWorker, cell: AskedCell): Promise<CheckResult> {
  await worker.check(cell);
  // The digest of the code is that of who asked, or the check had failed.
  return { nodejs: process.versions.node, concord: cell.inputs.code.training.slice(0, 12) };
}

function say(event: CellEvent, then?: () => void): void {
  process.stdout.write(`${JSON.stringify(event)}\n`, then);
}
