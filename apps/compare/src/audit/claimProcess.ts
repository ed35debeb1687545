/**
 * A process that runs one claim, for Ray's driver, and speaks as a trainer does (see cellProcess.ts): the first line
 * of standard input is a ClaimRequest, `stop` ends the check, the end of standard input ends everything.
 */
import { createInterface } from 'node:readline';
import { resolve } from 'node:path';
import { workspaceRoot } from '@concord/baselines';
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

process.on('SIGINT', () => undefined).on('SIGTERM', () => undefined);
const controller = new AbortController();
let asked = false;
createInterface({ input: process.stdin })
  .on('line', (line) => {
    if (asked) return line === 'stop' ? controller.abort() : undefined;
    asked = true;
    void answer(JSON.parse(line) as ClaimRequest);
  })
  .on('close', () => process.exit(1));

async function answer(request: ClaimRequest): Promise<void> {
  try {
    say({ result: await ask(request) }, 0);
  } catch (error) {
    if (controller.signal.aborted) return say({ result: null }, 0);
    console.error(error);
    say({ error: (error as Error).message }, 1);
  }
}

async function ask({ claim, checkouts, published, limitSeconds }: ClaimRequest): Promise<ClaimAnswer> {
  const begun = performance.now();
  const differs = await unlike(checkouts, published);
  if (differs)
    return { outcome: { refused: `${differs} where it was to run is not the one here` }, seconds: 0 };
  const outcome = await runClaim(
    { ...claim, path: resolve(workspaceRoot(), claim.path) },
    { limitSeconds, signal: controller.signal, ...(published !== undefined && { published }) },
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

function say(event: object, code: number): void {
  process.stdout.write(`${JSON.stringify(event)}\n`, () => process.exit(code));
}
