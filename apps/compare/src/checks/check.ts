import type { Cell, Evidence } from '../audit/claim.js';
import type { JudgedRun } from '../judgedRun/index.js';

export const CHECK_VERDICTS = ['found', 'not found', 'cannot be judged'] as const;
export type CheckVerdict = (typeof CHECK_VERDICTS)[number];

/** What one check saw in one run. */
export interface CheckFinding {
  readonly verdict: CheckVerdict;
  /** Of `cannot be judged`: what is missing, and the file that would make it possible. */
  readonly why: string;
  readonly evidence: readonly Evidence[];
}

/** A mistake that people make with survival models, and how a run's files show it. */
export interface RunCheck {
  readonly id: string;
  /** The mistake, as a sentence that is true of a run that made it. */
  readonly mistake: string;
  /** What it does to a C-index, or to what a C-index says. */
  readonly effect: string;
  readonly remedy: string;
  /** Looks and changes nothing. */
  readonly judge: (run: JudgedRun) => CheckFinding | Promise<CheckFinding>;
}

/** The mistake is there. */
export function found(why: string, ...evidence: readonly Evidence[]): CheckFinding {
  return { verdict: 'found', why, evidence };
}

/** The files show that it is not there. */
export function notFound(why: string, ...evidence: readonly Evidence[]): CheckFinding {
  return { verdict: 'not found', why, evidence };
}

/** The files do not show it either way. @param needs what to put into the folder. */
export function cannot(why: string, needs: string): CheckFinding {
  return { verdict: 'cannot be judged', why: `${why}; ${needs}`, evidence: [] };
}

/** A number as evidence. */
export function number(name: string, value: number | undefined, unit?: string): Evidence {
  const cell = value === undefined || Number.isNaN(value) ? null : value;
  return { name, number: cell, ...(unit !== undefined && { unit }) };
}

/** Rows that a table of evidence shows; the others are counted in its name. */
const SHOWN = 12;

/** A table as evidence: the first rows of it. */
export function table(
  name: string,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
): Evidence {
  const more = rows.length > SHOWN ? ` (${SHOWN} of ${rows.length})` : '';
  return { name: `${name}${more}`, table: { columns, rows: rows.slice(0, SHOWN) } };
}

/** `3 cases`, `1 case`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}

/** The first of many names, the others counted: `a, b, c and 4 more`. */
export function listed(names: readonly string[], most = 3): string {
  const more = names.length - most;
  return more > 0 ? `${names.slice(0, most).join(', ')} and ${more} more` : names.join(', ');
}
