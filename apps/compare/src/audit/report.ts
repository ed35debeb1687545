import type { CheckoutState } from './checkoutState.js';
import type { Claim, Finding, Problem, Verdict } from './claim.js';

/** A claim with the verdict of this audit. */
export interface ClaimResult extends Omit<Claim, 'path' | 'record'>, Finding {
  /**
   * What the verdict rests on: the check, run here; the finding that was recorded, because a checkout is not here;
   * or nothing, because a checkout was refused.
   */
  readonly basis: 'run' | 'recorded' | 'refused';
  /** The check broke off: an exception, a crash, the end of its time. */
  readonly stopped: boolean;
  /** The verdict is not the recorded one, or the check broke off. */
  readonly differs: boolean;
  readonly seconds: number;
}

/** All that an audit found. */
export interface AuditReport {
  readonly schema: 'concord-audit/1';
  /** The command line that makes it again. */
  readonly command: string;
  readonly date: string;
  readonly papers: Readonly<Record<string, string>>;
  readonly checkouts: readonly CheckoutState[];
  readonly claims: readonly ClaimResult[];
  /** Broken claim files, refused checkouts, checkouts that a check changed. */
  readonly problems: readonly Problem[];
  readonly summary: AuditSummary;
}

/** The counts. */
export interface AuditSummary {
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly ran: number;
  readonly recorded: number;
  readonly refused: number;
  readonly differ: number;
  readonly seconds: number;
}

/** Counts of a list of results. */
export function summarize(claims: readonly ClaimResult[], seconds: number): AuditSummary {
  const count = (wanted: (claim: ClaimResult) => boolean) => claims.filter(wanted).length;
  return {
    verdicts: {
      holds: count(({ verdict }) => verdict === 'holds'),
      fails: count(({ verdict }) => verdict === 'fails'),
      'cannot be tested here': count(({ verdict }) => verdict === 'cannot be tested here'),
    },
    ran: count(({ basis }) => basis === 'run'),
    recorded: count(({ basis }) => basis === 'recorded'),
    refused: count(({ basis }) => basis === 'refused'),
    differ: count(({ differs }) => differs),
    seconds,
  };
}
