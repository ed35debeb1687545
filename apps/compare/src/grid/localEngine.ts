import { forkWorker, WorkerEnded, type ForkedWorker } from '../crosscancer/forkWorker.js';
import type {
  AskedCell,
  CellLimits,
  FailedCell,
  FailureKind,
  GridEngine,
  GridOutcome,
  GridRun,
} from './engine.js';
import { GridFolder } from './gridFolder.js';
import { residentBytes } from './processTree.js';

const WATCH_MS = 250;

/** A cell took more than it may. */
class LimitError extends Error {
  constructor(
    readonly kind: 'time' | 'memory',
    message: string,
  ) {
    super(message);
  }
}

/**
 * Worker processes on this machine, each taking the next cell when it has finished one. An abort lets every worker
 * finish its step and save.
 *
 * @param program what workers run, instead of the trainer.
 */
export function localEngine(jobs: number, program?: URL): GridEngine {
  return {
    async run(cells, run) {
      const waiting = cells.map((cell) => ({ cell, attempts: 0 }));
      const outcome = { done: 0, failed: [] as FailedCell[] };
      const drains = Array.from({ length: Math.min(jobs, cells.length) }, () =>
        drain(waiting, outcome, run, program),
      );
      await Promise.all(drains);
      return { ...outcome, interrupted: run.signal.aborted } satisfies GridOutcome;
    },
  };
}

interface Waiting {
  readonly cell: AskedCell;
  readonly attempts: number;
}

async function drain(
  waiting: Waiting[],
  outcome: { done: number; readonly failed: FailedCell[] },
  { setting, limits, retries, signal, note, hear }: GridRun,
  program: URL | undefined,
): Promise<void> {
  const folder = new GridFolder(setting.folder);
  let worker: ForkedWorker | undefined;
  let current: AskedCell | undefined;
  const stop = () => worker?.stop();
  signal.addEventListener('abort', stop);
  try {
    for (let next = waiting.shift(); next && !signal.aborted; next = waiting.shift()) {
      const { cell } = next;
      const attempts = next.attempts + 1;
      current = cell;
      worker ??= await forkWorker(setting, { note, step: (steps) => hear.step(current!, steps) }, program);
      if (signal.aborted) break;
      hear.started(cell, `process ${worker.pid}`);
      const unwatch = watch(worker, limits);
      try {
        const result = await worker.run(cell, folder.log(cell.folder));
        if (!result) {
          hear.left(cell);
          break;
        }
        outcome.done += 1;
        hear.done(cell, result);
      } catch (error) {
        // Whether the cell or its process broke: the next one gets a worker that answers.
        await worker.close().catch(() => undefined);
        worker = undefined;
        const { kind, reason } = failureOf(error as Error);
        if (kind === 'system' && attempts <= retries) {
          note(`begun anew, ${reason}: ${cell.folder}`);
          hear.left(cell);
          waiting.unshift({ cell, attempts });
          continue;
        }
        const failure = { cell, kind, reason, attempts };
        outcome.failed.push(failure);
        hear.failed(failure);
      } finally {
        unwatch();
      }
    }
  } finally {
    signal.removeEventListener('abort', stop);
    await worker?.close().catch(() => undefined);
  }
}

/** Kill a worker whose cell takes more than it may. @returns what ends the watch. */
function watch(worker: ForkedWorker, { seconds, megabytes }: CellLimits): () => void {
  if (seconds === undefined && megabytes === undefined) return () => undefined;
  const started = performance.now();
  const timer = setInterval(() => {
    if (seconds !== undefined && performance.now() - started > seconds * 1000) {
      worker.kill(new LimitError('time', `not done within ${seconds} s (--limit)`));
    }
    const used = megabytes === undefined ? 0 : residentBytes(worker.pid) / 2 ** 20;
    if (megabytes !== undefined && used > megabytes) {
      worker.kill(
        new LimitError('memory', `holds ${Math.ceil(used)} MiB of memory, more than ${megabytes} (--memory)`),
      );
    }
  }, WATCH_MS);
  return () => clearInterval(timer);
}

function failureOf(error: Error): { kind: FailureKind; reason: string } {
  const reason = error.message;
  if (error instanceof LimitError) return { kind: error.kind, reason };
  if (error instanceof WorkerEnded) return { kind: 'system', reason };
  return { kind: /\bENOSPC\b|\bEDQUOT\b|\bEFBIG\b/.test(reason) ? 'disk' : 'program', reason };
}
