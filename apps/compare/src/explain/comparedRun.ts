import type { TieRule } from '@concord/survival';

/** One judged case of a run, as its files have it. */
export interface JudgedRow {
  readonly caseId: string;
  /** Where the row is one of its slides. */
  readonly slide?: string;
  /** Absent where the folder does not say. */
  readonly cohort?: string;
  readonly fold?: string;
  /** In whatever unit the run has. */
  readonly time: number;
  readonly event: boolean;
  /** Higher: the event is expected sooner. */
  readonly risk: number;
}

/** How a C-index is made of risks. */
export interface Measure {
  readonly metric: 'harrell' | 'uno';
  readonly ties: TieRule;
  /** One C over the cases of all folds, or the mean of each fold's. */
  readonly folds: 'pooled' | 'mean';
}

/** A C-index that a run says of itself. */
export interface ReportedC {
  readonly value: number;
  /** How far a rounded figure may be off: half of its last digit. */
  readonly within: number;
  /** File and key or line. */
  readonly where: string;
}

/** C of the held-out cases in a training log. */
export interface LoggedC {
  readonly best: { readonly epoch: number; readonly c: number };
  readonly last: { readonly epoch: number; readonly c: number };
  readonly where: string;
}

/** A run as it is compared with another one. */
export interface ComparedRun {
  /** As it was named on the command line. */
  readonly name: string;
  /** Cohort and part whose cases these are, as far as its files say. */
  readonly judged: string;
  readonly rows: readonly JudgedRow[];
  /** What its files say of the measure; what they leave open is found out or taken as usual. */
  readonly stated: Partial<Measure>;
  readonly reported?: ReportedC;
  readonly logged?: LoggedC;
}
