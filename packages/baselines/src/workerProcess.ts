import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import {
  pythonEnvironment,
  requireInterpreter,
  tiedToThisProcess,
  type PythonOptions,
} from './interpreter.js';
import { killGroup } from './killGroup.js';
import { LineTail, type LogListener } from './lineTail.js';
import { pythoniaScript } from './pythonia.js';

/** The worker's end of the socket; interface.py looks for its number in NODE_CHANNEL_FD. */
const CHANNEL = 3;
/** Milliseconds for what was printed last to arrive after the process has ended. */
const LAST_WORDS = 200;
/** Milliseconds after which a killed process counts as ended, though the system has not said so. */
const KILL_PATIENCE = 2000;

/** Python running pythonia's script, its output caught, tied to this process. */
export class WorkerProcess {
  readonly socket: Socket;
  readonly tail: LineTail;
  /** How it ended: `exit code 1`, `signal SIGKILL`, or why it could not start. Never rejects. */
  readonly ended: Promise<string>;
  private readonly child: ChildProcess;
  private giveUp: (ending: string) => void = () => undefined;

  /** @throws BridgeStartError if there is no such interpreter. */
  constructor(python: string, options: PythonOptions, directory: string, onLog?: LogListener) {
    this.tail = new LineTail(onLog);
    this.child = spawn(requireInterpreter(python), tiedToThisProcess(directory, [pythoniaScript()]), {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      // A group of its own: Ctrl-C and a closing terminal are this process's to answer, not the worker's.
      detached: true,
      env: { ...pythonEnvironment(options), NODE_CHANNEL_FD: String(CHANNEL) },
    });
    this.socket = this.child.stdio[CHANNEL] as Socket;
    for (const stream of ['stdout', 'stderr'] as const) {
      this.child[stream]?.setEncoding('utf8').on('data', (chunk: string) => this.tail.add(chunk, stream));
    }
    this.ended = new Promise((resolve) => {
      this.giveUp = resolve;
      this.child.once('error', (error) => resolve(error.message));
      this.child.once('exit', (code, signal) => {
        const ending = signal ? `signal ${signal}` : `exit code ${code}`;
        this.child.once('close', () => resolve(ending));
        setTimeout(() => resolve(ending), LAST_WORDS);
      });
    });
  }

  /** Let this process wait for the worker, or end without it. */
  hold(held: boolean): void {
    const handles = [this.child, this.socket, this.child.stdout as Socket, this.child.stderr as Socket];
    for (const handle of handles) {
      if (held) handle.ref();
      else handle.unref();
    }
  }

  kill(): void {
    if (!killGroup(this.child.pid)) return;
    setTimeout(() => this.giveUp('signal SIGKILL, not yet confirmed'), KILL_PATIENCE).unref();
  }
}
