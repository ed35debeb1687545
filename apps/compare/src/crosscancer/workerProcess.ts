import type { AskedCell } from '../grid/engine.js';
import type { CellResult } from '../train/cellFiles.js';
import { GridWorker, type WorkerSetting } from './gridWorker.js';

/** To a worker in a process of its own. */
export type WorkerRequest =
  { readonly open: WorkerSetting } | { readonly cell: AskedCell } | 'stop' | 'close';

/** From it: an answer to `open`, `cell` and `close`, and what it has to say meanwhile. */
export type WorkerAnswer =
  | { readonly answer: CellResult | null }
  | { readonly error: string }
  | { readonly note: string }
  | { readonly steps: number };

const controller = new AbortController();
let worker: GridWorker | undefined;

// The terminal sends a signal to every process; the one that started this one decides what comes of it.
process.on('SIGINT', () => undefined).on('SIGTERM', () => undefined);
process.on('disconnect', () => process.exit());
process.on('message', (request: WorkerRequest) => {
  if (request === 'stop') return controller.abort();
  void act(request).then(
    (result) => send({ answer: result ?? null }),
    (error: Error) => send({ error: error.message }),
  );
});

async function act(request: Exclude<WorkerRequest, 'stop'>): Promise<CellResult | undefined> {
  if (request === 'close') return void (await worker?.close());
  if ('cell' in request) return worker!.run(request.cell, controller.signal);
  worker = await GridWorker.open(request.open, {
    note: (note) => send({ note }),
    step: (steps) => send({ steps }),
  });
  return undefined;
}

function send(answer: WorkerAnswer): void {
  process.send!(answer);
}
