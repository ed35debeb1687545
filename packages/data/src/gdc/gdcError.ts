/** The GDC, or the way to it, did not do what was asked. */
export class GdcError extends Error {
  override readonly name = 'GdcError';
  /** HTTP status, where there was an answer. */
  readonly status?: number;
  /** Whether the same request may succeed later. */
  readonly transient: boolean;
  /** How long the server asked to be left alone, in milliseconds. */
  readonly retryAfterMs?: number;

  constructor(
    /** What was asked, such as `/data/<uuid>`. */
    readonly where: string,
    problem: string,
    facts: { status?: number; transient?: boolean; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(`${where}: ${problem}`, facts.cause === undefined ? {} : { cause: facts.cause });
    this.transient = facts.transient ?? false;
    if (facts.status !== undefined) this.status = facts.status;
    if (facts.retryAfterMs !== undefined) this.retryAfterMs = facts.retryAfterMs;
  }
}

/** What is wrong, for a report: never a stack, always one line. */
export function problemOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ');
}
