import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { TRAINING_PROCESS } from '../files/trainingProcess.js';
import type { AskedCell } from '../grid/engine.js';
import type { CellResult } from '../train/cellFiles.js';
import type { WorkerListener, WorkerSetting } from './gridWorker.js';
import type { WorkerAnswer, WorkerRequest } from './workerProcess.js';

/** A worker in a process of its own. */
export interface ForkedWorker {
  readonly pid: number;
  /** @param log where what the process prints goes meanwhile. @throws WorkerEnded; Error with what the cell threw. */
  run(cell: AskedCell, log: string): Promise<CellResult | undefined>;
  /** Finish the step under way, save, and answer. */
  stop(): void;
  /** End it at once; `why` is then what the cell under way fails with. */
  kill(why: Error): void;
  close(): Promise<void>;
}

/** The process went, rather than the cell. */
export class WorkerEnded extends Error {
  override readonly name = 'WorkerEnded';
}

/**
 * Start a worker. It computes on one thread: as many workers as cores are faster than one on all cores, and numbers
 * do not depend on how many cores there are.
 *
 * @param program what it runs, which speaks as workerProcess.ts does.
 */
export async function forkWorker(
  setting: WorkerSetting,
  listener: WorkerListener,
  program = new URL('./workerProcess.js', import.meta.url),
): Promise<ForkedWorker> {
  const child = fork(program, {
    execArgv: [...TRAINING_PROCESS.nodeFlags],
    env: { ...process.env, ...TRAINING_PROCESS.environment(process.env) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let reason: Error | undefined;
  const log = new CurrentLog(child);
  await ask(child, { open: setting }, listener);
  return {
    pid: child.pid!,
    async run(cell, path) {
      log.goTo(path);
      try {
        return await ask(child, { cell }, listener);
      } catch (error) {
        throw reason ?? error;
      }
    },
    stop: () => void (child.connected && child.send('stop' satisfies WorkerRequest)),
    kill(why) {
      reason = why;
      child.kill('SIGKILL');
    },
    async close() {
      if (!child.connected) return;
      await ask(child, 'close', listener);
      child.disconnect();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

/** What a process prints, into the file of the cell that it is at; on standard error while it is at none. */
class CurrentLog {
  private file: WriteStream | undefined;

  constructor(child: ChildProcess) {
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (chunk: Buffer) => (this.file ?? process.stderr).write(chunk));
    }
    child.once('close', () => this.file?.end());
  }

  goTo(path: string): void {
    this.file?.end();
    mkdirSync(dirname(path), { recursive: true });
    // A log that cannot be written (a full disk) is no reason to stop: the cell says so itself.
    this.file = createWriteStream(path).on('error', () => undefined);
  }
}

function ask(
  child: ChildProcess,
  request: WorkerRequest,
  listener: WorkerListener,
): Promise<CellResult | undefined> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null, signal: string | null) => {
      done();
      reject(new WorkerEnded(`the worker process ended (${signal ?? `exit code ${code}`})`));
    };
    const onMessage = (message: WorkerAnswer) => {
      if ('note' in message) return listener.note(message.note);
      if ('steps' in message) return listener.step(message.steps);
      done();
      if ('error' in message) reject(new Error(message.error));
      else resolve(message.answer ?? undefined);
    };
    const done = () => void child.off('exit', onExit).off('message', onMessage);
    child.on('exit', onExit).on('message', onMessage);
    child.send(request, (error) => {
      if (error) onExit(child.exitCode, child.signalCode);
    });
  });
}
