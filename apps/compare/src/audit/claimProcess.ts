/** A process that runs one claim, as a job of Ray's driver. */
import { resolve } from 'node:path';
import { workspaceRoot } from '@concord/baselines';
import { serveJob } from '../grid/driverJob.js';
import { checkoutState, type CheckoutState } from './checkoutState.js';
import type { Claim } from './claim.js';
import type { ClaimOutcome } from './claimEngine.js';
import { runClaim } from './runClaim.js';

/** What it is asked. */
export interface ClaimRequest {
  /** Its path is absolute, or within the workspace. */
  readonly claim: Claim;
  /** As whoever asks found those that it reads. */
  readonly checkouts: readonly CheckoutState[];
  readonly published?: string;
  readonly limitSeconds: number;
}

/** What it answers. */
export interface ClaimAnswer {
  readonly outcome: ClaimOutcome;
  readonly seconds: number;
}

serveJob<ClaimRequest>(async (request, { signal }) => {
  try {
    return await ask(request, signal);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
});

async function ask(
  { claim, checkouts, published, limitSeconds }: ClaimRequest,
  signal: AbortSignal,
): Promise<ClaimAnswer> {
  const begun = performance.now();
  const differs = await unlike(checkouts, published);
  if (differs)
    return { outcome: { refused: `${differs} where it was to run is not the one here` }, seconds: 0 };
  const outcome = await runClaim(
    { ...claim, path: resolve(workspaceRoot(), claim.path) },
    { limitSeconds, signal, ...(published !== undefined && { published }) },
  );
  const seconds = (performance.now() - begun) / 1000;
  const changed = await unlike(checkouts, published);
  if (changed) return { outcome: { refused: `${changed} was changed where its claims ran` }, seconds };
  return { outcome, seconds };
}

/** Name of a checkout that is not what was found by who asks. */
async function unlike(
  checkouts: readonly CheckoutState[],
  published: string | undefined,
): Promise<string | undefined> {
  const here = await Promise.all(checkouts.map((one) => checkoutState(published, one)));
  return checkouts.find(({ digest }, i) => here[i]!.digest !== digest)?.name;
}
