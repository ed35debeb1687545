/** The Python side cannot be started: what was tried, what Python said, and what to do. */
export class BridgeStartError extends Error {
  override readonly name = 'BridgeStartError';
}

/** A call came after `close`, or was under way when the bridge was closed. */
export class BridgeClosedError extends Error {
  override readonly name = 'BridgeClosedError';

  constructor(readonly method: string) {
    super(`${method}: the bridge is closed; open another with openBridge()`);
  }
}

/** The worker ended while it was needed. */
export class BridgeDiedError extends Error {
  override readonly name = 'BridgeDiedError';

  constructor(
    /** How it ended: `exit code 1`, `signal SIGKILL`. */
    readonly ending: string,
    /** The call that was under way, or that came too late. */
    readonly method: string,
    /** The last lines that it printed, at most 50. */
    readonly log: string,
  ) {
    super(
      `${method}: the Python worker ended (${ending}); nothing it was computing is kept. ` +
        `${adviceAfter(ending)}${lastWords(log)}`,
    );
  }
}

/** A call took longer than it was given; the worker was killed, since a call cannot be cancelled. */
export class BridgeTimeoutError extends Error {
  override readonly name = 'BridgeTimeoutError';

  constructor(
    readonly method: string,
    /** Milliseconds that the call was given, not counting its time in the queue. */
    readonly timeoutMs: number,
    readonly log: string,
  ) {
    super(
      `${method}: no answer within ${timeoutMs / 1000} s; the Python worker was stopped. ` +
        `Give it more with { timeoutMs }.${lastWords(log)}`,
    );
  }
}

/** An exception that Python raised, whole. */
export class PythonError extends Error {
  override readonly name = 'PythonError';

  constructor(
    readonly method: string,
    /** The exception's class. */
    readonly type: string,
    /** Its message alone. */
    readonly text: string,
    /** As Python prints it, causes included. */
    readonly traceback: string,
    /** The last lines that the worker printed, at most 50. */
    readonly log: string,
  ) {
    super(`${method}: ${type}: ${text}\n${traceback.trimEnd()}`);
  }
}

/** A whole Python process failed, was aborted, or took too long. */
export class PythonProcessError extends Error {
  override readonly name = 'PythonProcessError';

  constructor(
    readonly command: string,
    /** How it ended: `exit code 1`, `signal SIGKILL`, `aborted`, `no end within 5 s`. */
    readonly ending: string,
    readonly exitCode: number | undefined,
    /** The last lines of standard error, at most 50. */
    readonly log: string,
  ) {
    super(`${command}: ${ending}${lastWords(log)}`);
  }
}

/** What it said, as the end of a message. */
export function lastWords(log: string): string {
  return log ? `\nIts last words:\n${log}` : '';
}

function adviceAfter(ending: string): string {
  if (ending.includes('SIGKILL')) {
    return 'The system kills so when memory runs out; with enough of it, run again.';
  }
  if (/SIG(SEGV|BUS|ILL|ABRT|FPE)/.test(ending)) return 'It crashed in native code; the log says where.';
  return 'Run again.';
}
