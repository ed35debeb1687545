import { BridgeClosedError, BridgeDiedError, BridgeStartError, BridgeTimeoutError } from './errors.js';
import { PythonError, lastWords } from './errors.js';
import { type PythonOptions, pythonInterpreter } from './interpreter.js';
import { decodeJson, encodeJson } from './json.js';
import type { LogListener } from './lineTail.js';
import { onProcessEnd } from './processEnd.js';
import { type PythonWorker, PythoniaConnection } from './pythonia.js';
import { createSessionDirectory, removeSessionDirectory } from './sessionDirectory.js';
import { requireTimeout } from './timeout.js';
import { WorkerProcess } from './workerProcess.js';

/** A worker process in Python, which answers one call at a time. */
export interface Bridge {
  readonly pid: number;
  /** Where tensors cross, as files; gone after `close`, and when the worker or this process ends. */
  readonly directory: string;
  /**
   * Call a method of the worker. Calls made at once are queued: the worker runs one at a time, in order.
   *
   * @param params what JSON can carry, and NaN and ±∞; tensors cross as files.
   * @param options.timeoutMs from when the worker gets the call; Infinity for no limit.
   * @throws PythonError if Python raises; TypeError if `params` cannot travel whole. BridgeDiedError if the
   *   worker ends and BridgeTimeoutError, after which every call fails: open another bridge.
   */
  call<T>(method: string, params?: object, options?: { readonly timeoutMs?: number }): Promise<T>;
  /** End the worker and remove its folder; a call under way fails. Safe to call twice. */
  close(): Promise<void>;
}

/** How to open a bridge. */
export interface BridgeOptions extends PythonOptions {
  /** Milliseconds for a call that does not say; 30 minutes, longer than any stage of parity. */
  readonly timeoutMs?: number;
  /** Milliseconds for the worker to start; 60 s. */
  readonly startTimeoutMs?: number;
  /** Gets each line that Python prints; nothing of it reaches the terminal. */
  readonly onLog?: LogListener;
}

type Answer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: { type: string; message: string; traceback: string } };

/** Milliseconds for an idle worker to end by itself. */
const CLOSE_PATIENCE = 2000;

/**
 * Start a Python worker. Bridges are independent: each has its own process and folder. An open bridge does not
 * keep this process alive, a call under way does.
 *
 * @throws BridgeStartError if Python is missing, lacks concord_bridge, or does not answer in time.
 */
export async function openBridge(options: BridgeOptions = {}): Promise<Bridge> {
  const { timeoutMs = 1_800_000, startTimeoutMs = 60_000, python = pythonInterpreter() } = options;
  requireTimeout(timeoutMs);
  const directory = createSessionDirectory();
  try {
    const process = new WorkerProcess(python, options, directory, options.onLog);
    return await new PythonBridge(process, directory, timeoutMs).start(requireTimeout(startTimeoutMs));
  } catch (error) {
    removeSessionDirectory(directory);
    if (!(error instanceof BridgeDiedError || error instanceof BridgeTimeoutError)) throw error;
    const ending =
      error instanceof BridgeDiedError ? error.ending : `no answer in ${startTimeoutMs / 1000} s`;
    throw new BridgeStartError(
      `${python} did not start the worker (${ending}); run npm run setup, or set CONCORD_BRIDGE_PYTHON to a Python ` +
        `that has torch${lastWords(error.log)}`,
      { cause: error },
    );
  }
}

class PythonBridge implements Bridge {
  pid = 0;
  private readonly connection: PythoniaConnection;
  private worker: PythonWorker | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private current: { readonly method: string; readonly reject: (error: Error) => void } | undefined;
  /** Set once: why calls fail from now on. */
  private over: ((method: string) => Error) | undefined;
  private readonly ended: Promise<void>;
  private readonly forget: () => void;

  constructor(
    private readonly process: WorkerProcess,
    readonly directory: string,
    private readonly timeoutMs: number,
  ) {
    this.forget = onProcessEnd((ending) => this.abandon(ending));
    this.connection = new PythoniaConnection(process.socket, (traceback) => this.broke(traceback));
    this.ended = process.ended.then((ending) => this.onEnded(ending));
  }

  async start(timeoutMs: number): Promise<Bridge> {
    const none = { $timeout: Infinity };
    this.worker = await this.within(timeoutMs, 'start', () =>
      this.connection.python('concord_bridge.worker'),
    );
    this.pid = await this.within(timeoutMs, 'start', () => this.worker!.ready$(none));
    return this;
  }

  async call<T>(method: string, params: object = {}, options: { timeoutMs?: number } = {}): Promise<T> {
    const timeoutMs = requireTimeout(options.timeoutMs ?? this.timeoutMs);
    const sent = encodeJson(params);
    const answer = this.queue.then(() => this.ask<T>(method, sent, timeoutMs));
    this.queue = answer.catch(() => undefined);
    return answer;
  }

  async close(): Promise<void> {
    const idle = !this.current;
    this.over ??= (method) => new BridgeClosedError(method);
    this.process.hold(true);
    if (idle) this.connection.end();
    else this.process.kill();
    const stubborn = setTimeout(() => this.process.kill(), CLOSE_PATIENCE);
    await this.ended;
    clearTimeout(stubborn);
  }

  private async ask<T>(method: string, sent: string, timeoutMs: number): Promise<T> {
    // With a plain `call`, pythonia would call the module itself, as JavaScript's Function.call does.
    const text = await this.within(timeoutMs, method, () =>
      this.worker!.call$(method, sent, { $timeout: Infinity }),
    );
    const answer = decodeJson(text) as Answer;
    if (answer.ok) return answer.value as T;
    const { type, message, traceback } = answer.error;
    throw new PythonError(method, type, message, traceback, this.process.tail.text());
  }

  /** pythonia would wait for ever for an answer of a dead worker, and knows one limit for all calls. */
  private async within<T>(timeoutMs: number, method: string, action: () => Promise<T>): Promise<T> {
    if (this.over) throw this.over(method);
    this.process.hold(true);
    const timer =
      timeoutMs === Infinity ? undefined : setTimeout(() => this.timedOut(method, timeoutMs), timeoutMs);
    try {
      return await new Promise<T>((resolve, reject) => {
        this.current = { method, reject };
        action().then(resolve, reject);
      });
    } finally {
      clearTimeout(timer);
      this.current = undefined;
      this.process.hold(false);
    }
  }

  private timedOut(late: string, timeoutMs: number): void {
    this.over ??= (method) =>
      method === late
        ? new BridgeTimeoutError(method, timeoutMs, this.process.tail.text())
        : new BridgeDiedError(`killed because ${late} took too long`, method, this.process.tail.text());
    this.process.kill();
  }

  /** An error beneath the worker's own catching: it cannot be trusted with another call. */
  private broke(traceback: string): void {
    this.process.tail.add(`${traceback}\n`, 'stderr');
    this.over ??= (method) => new BridgeDiedError('pythonia failed', method, this.process.tail.text());
    this.process.kill();
  }

  private onEnded(ending: string): void {
    this.over ??= (method) => new BridgeDiedError(ending, method, this.process.tail.text());
    this.connection.end();
    this.forget();
    removeSessionDirectory(this.directory);
    this.current?.reject(this.over(this.current.method));
  }

  /** This process is ending, and nothing can be waited for. */
  private abandon(ending: string): void {
    this.over ??= (method) => new BridgeDiedError(`stopped by ${ending}`, method, '');
    this.process.kill();
    removeSessionDirectory(this.directory);
  }
}
