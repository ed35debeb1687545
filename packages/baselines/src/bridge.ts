import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BridgeDiedError, BridgeStartError, BridgeTimeoutError, PythonError } from './errors.js';
import { checkInterpreter, pythonInterpreter } from './interpreter.js';
import { decodeJson, encodeJson } from './json.js';
import { createSessionDirectory } from './sessionDirectory.js';

/** A worker process in Python, which answers one call at a time. */
export interface Bridge {
  readonly pid: number;
  /** Where tensors cross, as files; gone after `close`. */
  readonly directory: string;
  /**
   * Call a method of the worker. Calls made at once are queued: the worker runs one at a time.
   *
   * @throws PythonError if Python raises; BridgeDiedError if the worker ends; BridgeTimeoutError, after
   *   which the bridge is closed.
   */
  call<T>(method: string, params?: object, options?: { timeoutMs?: number }): Promise<T>;
  /** End the worker and remove its folder. Safe to call twice. */
  close(): Promise<void>;
}

interface Pythonia {
  readonly com: { proc: ChildProcess | null; start(): void };
  readonly python: ((module: string) => Promise<Worker>) & { exit(): void };
}

interface Worker {
  respond(method: string, params: string): Promise<string>;
  start(parent: number, directory: string, log: string): Promise<number>;
}

type Answer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: { type: string; message: string; traceback: string } };

/** Half an hour: longer than any stage, so that a hanging worker is noticed some day. */
const DEFAULT_TIMEOUT = 1_800_000;

let isOpen = false;
/** pythonia frees what JavaScript forgets, by number, in whichever worker is running then; so forget nothing. */
const kept: Worker[] = [];

/**
 * Start the Python worker. pythonia has one interpreter for the whole process, so there is one bridge at a
 * time; after it is closed, or has died, another can be opened.
 *
 * @throws BridgeStartError if a bridge is open, or Python is missing or lacks concord_bridge.
 */
export async function openBridge({
  python = pythonInterpreter(),
}: { python?: string } = {}): Promise<Bridge> {
  if (isOpen) throw new BridgeStartError('a bridge is open in this process; close it first');
  isOpen = true;
  const directory = createSessionDirectory();
  const removeDirectory = () => rmSync(directory, { recursive: true, force: true });
  try {
    await checkInterpreter(python);
    const connection = await connect(python);
    return new PythonBridge(connection, directory, removeDirectory).ready();
  } catch (error) {
    isOpen = false;
    removeDirectory();
    throw error;
  }
}

async function connect(python: string): Promise<Pythonia> {
  // Both are read when pythonia loads, which starts Python; 0 means that it does not time calls itself.
  process.env['PYTHON_BIN'] = python;
  process.env['REQ_TIMEOUT'] = '0';
  const pythonia = ((await import('pythonia')) as unknown as { default: Pythonia }).default;
  if (!pythonia.com.proc || pythonia.com.proc.exitCode !== null || pythonia.com.proc.signalCode !== null) {
    pythonia.com.start();
  }
  return pythonia;
}

class PythonBridge implements Bridge {
  readonly pid: number;
  private readonly process: ChildProcess;
  private readonly log: string;
  private queue: Promise<unknown> = Promise.resolve();
  private ending: string | undefined;
  private current: { method: string; reject: (error: Error) => void } | undefined;
  private worker: Worker | undefined;
  private readonly exited: Promise<void>;

  constructor(
    private readonly pythonia: Pythonia,
    readonly directory: string,
    private readonly removeDirectory: () => void,
  ) {
    this.process = pythonia.com.proc!;
    this.pid = this.process.pid!;
    this.log = join(directory, 'worker.log');
    this.exited = new Promise((resolve) => {
      this.process.once('exit', (code, signal) => {
        this.died(signal ? `signal ${signal}` : `exit code ${code}`);
        resolve();
      });
    });
    process.once('exit', this.abandon);
  }

  async ready(): Promise<Bridge> {
    this.worker = await this.unlessDead('start', () => this.pythonia.python('concord_bridge.worker'));
    kept.push(this.worker);
    await this.unlessDead('start', () => this.worker!.start(process.pid, this.directory, this.log));
    return this;
  }

  call<T>(
    method: string,
    params: object = {},
    { timeoutMs = DEFAULT_TIMEOUT }: { timeoutMs?: number } = {},
  ): Promise<T> {
    const answer = this.queue.then(() => this.ask<T>(method, params, timeoutMs));
    this.queue = answer.catch(() => undefined);
    return answer;
  }

  async close(): Promise<void> {
    process.off('exit', this.abandon);
    if (this.ending === undefined) {
      this.pythonia.python.exit();
      const stubborn = setTimeout(() => this.process.kill('SIGKILL'), 1000);
      await this.exited;
      clearTimeout(stubborn);
    }
    this.pythonia.com.proc = null;
    this.removeDirectory();
    isOpen = false;
  }

  private async ask<T>(method: string, params: object, timeoutMs: number): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    try {
      const text = await this.unlessDead(method, () => {
        timer = setTimeout(() => this.timedOut(method, timeoutMs), timeoutMs);
        return this.worker!.respond(method, encodeJson(params));
      });
      const answer = decodeJson(text) as Answer;
      if (answer.ok) return answer.value as T;
      const { type, message, traceback } = answer.error;
      throw new PythonError(method, type, message, traceback);
    } finally {
      clearTimeout(timer);
    }
  }

  /** pythonia would wait for ever for an answer of a dead worker. */
  private async unlessDead<T>(method: string, ask: () => Promise<T>): Promise<T> {
    if (this.ending !== undefined) throw new BridgeDiedError(this.ending, method, this.lastWords());
    return new Promise<T>((resolve, reject) => {
      this.current = { method, reject };
      ask().then(resolve, reject);
    }).finally(() => (this.current = undefined));
  }

  private timedOut(method: string, timeoutMs: number): void {
    this.current?.reject(new BridgeTimeoutError(method, timeoutMs));
    this.process.kill('SIGKILL');
  }

  private died(ending: string): void {
    this.ending = ending;
    this.current?.reject(new BridgeDiedError(ending, this.current.method, this.lastWords()));
  }

  private lastWords(): string {
    if (!existsSync(this.log)) return '';
    return readFileSync(this.log, 'utf8').trimEnd().split('\n').slice(-20).join('\n');
  }

  /** The process ends without `close`: nothing may stay behind. */
  private readonly abandon = (): void => {
    this.process.kill('SIGKILL');
    this.removeDirectory();
  };
}
