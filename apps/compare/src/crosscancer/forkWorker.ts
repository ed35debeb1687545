import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { TRAINING_PROCESS } from '../files/trainingProcess.js';
import type { CellResult } from '../train/cellFiles.js';
import type { GridCell } from './cells.js';
import type { WorkerSetting } from './gridWorker.js';
import type { WorkerAnswer, WorkerRequest } from './workerProcess.js';

/** A worker in a process of its own. */
export interface ForkedWorker {
  run(cell: GridCell): Promise<CellResult | undefined>;
  /** Finish the step under way, save, and answer. */
  stop(): void;
  close(): Promise<void>;
}

/**
 * Start a worker. It computes on one thread: as many workers as cores are faster than one on all cores, and numbers
 * do not depend on how many cores there are.
 */
export async function forkWorker(
  setting: WorkerSetting,
  note: (text: string) => void,
): Promise<ForkedWorker> {
  const one = { OMP_NUM_THREADS: '1', TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1' };
  const { tunables, nodeFlags } = TRAINING_PROCESS;
  const child = fork(new URL('./workerProcess.js', import.meta.url), {
    execArgv: [...nodeFlags],
    env: { GLIBC_TUNABLES: tunables, ...process.env, ...one },
  });
  await ask(child, { open: setting }, note);
  return {
    run: (cell) => ask(child, { cell }, note),
    stop: () => void (child.connected && child.send('stop' satisfies WorkerRequest)),
    async close() {
      if (!child.connected) return;
      await ask(child, 'close', note);
      child.disconnect();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

function ask(
  child: ChildProcess,
  request: WorkerRequest,
  note: (text: string) => void,
): Promise<CellResult | undefined> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null, signal: string | null) => {
      done();
      reject(new Error(`the worker process ended (${signal ?? `exit code ${code}`})`));
    };
    const onMessage = (message: WorkerAnswer) => {
      if ('note' in message) return note(message.note);
      done();
      if ('error' in message) reject(new Error(message.error));
      else resolve(message.answer ?? undefined);
    };
    const done = () => void child.off('exit', onExit).off('message', onMessage);
    child.on('exit', onExit).on('message', onMessage);
    child.send(request);
  });
}
