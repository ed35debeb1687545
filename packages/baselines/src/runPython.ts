import { execa } from 'execa';
import { PythonProcessError } from './errors.js';
import {
  type PythonOptions,
  pythonEnvironment,
  pythonInterpreter,
  requireInterpreter,
  tiedToThisProcess,
} from './interpreter.js';
import { killGroup } from './killGroup.js';
import { LineTail, type LogListener } from './lineTail.js';
import { onProcessEnd } from './processEnd.js';
import { requireTimeout } from './timeout.js';

/** How to run a whole Python process. */
export interface RunPythonOptions extends PythonOptions {
  readonly cwd?: string;
  /** Milliseconds; no limit by default. */
  readonly timeoutMs?: number;
  /** Kills the process and everything that it started. */
  readonly signal?: AbortSignal;
  /** Gets each line as it is printed. */
  readonly onLog?: LogListener;
}

/** What a Python process printed. */
export interface PythonOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

/**
 * Run `python args…` to its end, in a process group of its own that does not outlive this process.
 *
 * @throws PythonProcessError if it fails, is aborted or takes too long, with the end of what it said;
 *   BridgeStartError if there is no such interpreter.
 */
export async function runPython(
  args: readonly string[],
  options: RunPythonOptions = {},
): Promise<PythonOutput> {
  const python = requireInterpreter(options.python ?? pythonInterpreter());
  const command = ['python', ...args].join(' ');
  const timeoutMs = requireTimeout(options.timeoutMs ?? Infinity);
  if (options.signal?.aborted) throw new PythonProcessError(command, 'aborted', undefined, '');
  const tail = new LineTail();
  const heard = new LineTail(options.onLog);
  // Detached is a group of its own: a signal to it reaches what Python started, too.
  const child = execa(python, tiedToThisProcess('', args), {
    ...(options.cwd && { cwd: options.cwd }),
    ...{ env: pythonEnvironment(options), extendEnv: false, detached: true, cleanup: false },
    ...{ stdin: 'ignore', reject: false, stripFinalNewline: false },
  });
  child.stdout.on('data', (chunk: Buffer) => heard.add(chunk.toString(), 'stdout'));
  child.stderr.on(
    'data',
    (chunk: Buffer) => (tail.add(String(chunk), 'stderr'), heard.add(String(chunk), 'stderr')),
  );

  let stopped: string | undefined;
  const stop = (why: string) => {
    stopped ??= why;
    killGroup(child.pid);
  };
  const abort = () => stop('aborted');
  options.signal?.addEventListener('abort', abort);
  const forget = onProcessEnd((ending) => stop(`stopped by ${ending}`));
  const timer =
    timeoutMs === Infinity
      ? undefined
      : setTimeout(() => stop(`no end within ${timeoutMs / 1000} s`), timeoutMs);
  try {
    const { exitCode, signal, failed, stdout, stderr, durationMs, shortMessage } = await child;
    if (!failed && !stopped) return { stdout, stderr, durationMs };
    const ending = signal
      ? `signal ${signal}`
      : exitCode === undefined
        ? shortMessage
        : `exit code ${exitCode}`;
    throw new PythonProcessError(command, stopped ?? ending ?? 'failed', exitCode, tail.text());
  } finally {
    clearTimeout(timer);
    forget();
    options.signal?.removeEventListener('abort', abort);
  }
}
