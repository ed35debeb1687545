import { concordance, SurvivalError, unoConcordance } from '@concord/survival';
import type { Measure } from './comparedRun.js';

/** Cases as a measure needs them; each array [cases]. */
export interface MeasuredCases {
  readonly times: readonly number[];
  readonly events: readonly boolean[];
  readonly risks: readonly number[];
  /** Looked at where folds count apart. */
  readonly folds: readonly (string | undefined)[];
}

/** What most published code does with one fold: scikit-survival's `concordance_index_censored`. */
export const USUAL: Measure = { metric: 'harrell', ties: 'scikit-survival', folds: 'pooled' };

/**
 * The C-index of cases by a measure. A fold without a comparable pair is left out of the mean. For Uno's, censoring
 * is estimated on the judged cases themselves, and pairs count whose event comes before the last follow-up.
 *
 * @returns undefined where no pair of cases is comparable.
 */
export function measureC(cases: MeasuredCases, measure: Measure): number | undefined {
  if (measure.folds === 'pooled') return pooledC(cases, measure);
  const groups = new Map<string | undefined, number[]>();
  cases.folds.forEach((fold, i) => {
    const group = groups.get(fold);
    if (group) group.push(i);
    else groups.set(fold, [i]);
  });
  const values = [...groups.values()]
    .map((group) => pooledC(pick(cases, group), measure))
    .filter((value) => value !== undefined);
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : undefined;
}

function pick({ times, events, risks, folds }: MeasuredCases, at: readonly number[]): MeasuredCases {
  return {
    times: at.map((i) => times[i]!),
    events: at.map((i) => events[i]!),
    risks: at.map((i) => risks[i]!),
    folds: at.map((i) => folds[i]),
  };
}

function pooledC(cases: MeasuredCases, { metric, ties }: Measure): number | undefined {
  try {
    if (metric === 'harrell') return concordance(cases, cases.risks, ties).c;
    return unoConcordance(cases, cases, cases.risks, Math.max(...cases.times));
  } catch (error) {
    if (error instanceof SurvivalError) return undefined;
    throw error;
  }
}

/** A measure in words. */
export function measureInWords({ metric, ties, folds }: Measure): string {
  const name = metric === 'uno' ? "Uno's C" : "Harrell's C";
  const tied = metric === 'uno' ? '' : `, ${tiesInWords(ties)}`;
  return `${name}, ${folds === 'mean' ? 'mean over folds' : 'all cases at once'}${tied}`;
}

/** A tie rule in words. */
export function tiesInWords(ties: Measure['ties']): string {
  return ties === 'lifelines'
    ? 'only equal risks tie (lifelines)'
    : 'risks within 1e-8 tie (scikit-survival)';
}
