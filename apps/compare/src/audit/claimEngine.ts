import type { CheckoutState } from './checkoutState.js';
import type { Claim } from './claim.js';
import { runClaim, type RunOfClaim } from './runClaim.js';

/** A claim to be run, and the checkouts that it reads as they were found. */
export interface AskedClaim {
  readonly claim: Claim;
  readonly checkouts: readonly CheckoutState[];
}

/** What came of a claim: a finding; or a refusal, where the checkout is another one on the machine that was to run it. */
export type ClaimOutcome = RunOfClaim | { readonly refused: string };

/** How claims are run, whoever schedules them. */
export interface ClaimsRun {
  /** Folder of the checkouts; none where no claim reads one. */
  readonly published?: string;
  readonly limitSeconds: number;
  readonly signal: AbortSignal;
  readonly hear: (claim: Claim, outcome: ClaimOutcome, seconds: number) => void;
}

/** Schedules claims, and nothing else: each runs in a process of its own, and whatever ends that is a verdict. */
export interface ClaimEngine {
  /** @throws Error if nothing can be run at all; what the signal was aborted with. */
  run(asked: readonly AskedClaim[], run: ClaimsRun): Promise<void>;
}

/**
 * A few claims at a time on this machine. The workers of grids would not do: they live from cell to cell, and a claim
 * needs a process that nothing ran in before.
 */
export function localClaims(jobs: number): ClaimEngine {
  return {
    async run(asked, { hear, ...options }) {
      const waiting = [...asked];
      const worker = async () => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          const begun = performance.now();
          const finding = await runClaim(next.claim, options);
          hear(next.claim, finding, (performance.now() - begun) / 1000);
        }
      };
      await Promise.all(Array.from({ length: Math.min(jobs, asked.length) }, worker));
    },
  };
}
