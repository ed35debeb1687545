/** The Python side cannot be started: which interpreter was looked for, and what to do. */
export class BridgeStartError extends Error {
  override readonly name = 'BridgeStartError';
}

/** The worker ended while it was needed. */
export class BridgeDiedError extends Error {
  override readonly name = 'BridgeDiedError';

  constructor(
    /** How it ended: `exit code 1`, `signal SIGKILL`. */
    readonly ending: string,
    /** The call that was under way, if any. */
    readonly method: string | undefined,
    /** The last lines that it printed. */
    readonly log: string,
  ) {
    const during = method ? ` during ${method}` : '';
    const said = log ? `\nIts last words:\n${log}` : '';
    super(
      `the Python worker ended (${ending})${during}; nothing it was computing is kept. Run again.${said}`,
    );
  }
}

/** A call took longer than it was given; the worker was killed, since a call cannot be cancelled. */
export class BridgeTimeoutError extends Error {
  override readonly name = 'BridgeTimeoutError';

  constructor(
    readonly method: string,
    readonly timeoutMs: number,
  ) {
    super(`${method} did not answer within ${timeoutMs / 1000} s; the Python worker was stopped`);
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
    readonly traceback: string,
  ) {
    super(`${method}: ${type}: ${text}\n${traceback}`);
  }
}
