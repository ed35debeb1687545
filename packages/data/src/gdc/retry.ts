import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import { GdcError } from './gdcError.js';

/** How often, and how patiently, a request is repeated. */
export interface Patience {
  /** Further tries after the first; default 5. */
  readonly retries?: number;
  /** Pause before the second try in milliseconds, doubled with each further one up to a minute; default 1,000. */
  readonly backoffMs?: number;
}

/** A server may ask for a longer pause, but not for an endless one. */
const LONGEST_PAUSE_MS = 120_000;

/**
 * Try until it works, with pauses that grow and vary, so that many clients do not come back at once. Only
 * failures that may pass are tried again.
 *
 * @throws what the last try threw; the signal's reason if aborted.
 */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  { retries = 5, backoffMs = 1000 }: Patience,
  signal: AbortSignal | undefined,
): Promise<T> {
  return pRetry(attempt, {
    ...{ retries, minTimeout: backoffMs, maxTimeout: 60_000, randomize: true, signal },
    shouldRetry: ({ error }) => error instanceof GdcError && error.transient,
    onFailedAttempt: async ({ error, retriesLeft }) => {
      const pause = error instanceof GdcError && retriesLeft > 0 ? (error.retryAfterMs ?? 0) : 0;
      if (pause > 0)
        await sleep(Math.min(pause, LONGEST_PAUSE_MS), undefined, signal && { signal }).catch(() => {});
    },
  });
}
