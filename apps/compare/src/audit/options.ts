import type { ClaimEngine } from './claimEngine.js';
import type { AuditReport, ClaimResult } from './report.js';

/** An audit, complete. */
export interface AuditOptions {
  /** Papers by their folder's name; none means all. */
  readonly papers: readonly string[];
  /** Folder of claims; by default those that come with this program. */
  readonly claims?: string;
  /** Folder of checkouts. */
  readonly published?: string;
  /** Run on checkouts that are not as pinned, too: to see what a repair does. */
  readonly changed: boolean;
  /** Who runs the checks. */
  readonly engine: ClaimEngine;
  readonly limitSeconds: number;
  /** Write each finding beside its claim, as the recorded one. */
  readonly record: boolean;
  readonly command: string;
  readonly signal: AbortSignal;
}

/** Hears of each claim as its verdict comes. */
export type AuditProgress = (result: ClaimResult, done: number, total: number) => void;

/** Runs an audit. Lives in run.ts. */
export type RunAudit = (options: AuditOptions, progress: AuditProgress) => Promise<AuditReport>;
