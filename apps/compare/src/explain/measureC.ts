import {
  concordance,
  pairScores,
  pairTable,
  SurvivalError,
  unoConcordance,
  weighTable,
} from '@concord/survival';
import type { JudgedRow, Measure } from './comparedRun.js';

/** What most published code does with one fold: scikit-survival's `concordance_index_censored`. */
export const USUAL: Measure = { metric: 'harrell', ties: 'scikit-survival', folds: 'pooled' };

/**
 * The C-index of cases by a measure. A fold without a comparable pair is left out of the mean. For Uno's, censoring
 * is estimated on the judged cases themselves, and pairs count whose event comes before the last follow-up.
 *
 * @returns undefined where no pair of cases is comparable.
 */
export function measureC(rows: readonly JudgedRow[], measure: Measure): number | undefined {
  const values = foldsOf(rows, measure)
    .map((places) =>
      pooledC(
        places.map((i) => rows[i]!),
        measure,
      ),
    )
    .filter((value) => value !== undefined);
  return meanOf(values);
}

/**
 * The same for cases that count several times or not at all, such as those of a resample: what does not depend on
 * the counts is laid out once.
 *
 * @returns of counts [rows], C; undefined where no counted pair is comparable.
 */
export function measureOfCounts(
  rows: readonly JudgedRow[],
  measure: Measure,
): (counts: ArrayLike<number>) => number | undefined {
  if (measure.metric === 'uno' || measure.ties === 'lifelines') {
    return (counts) =>
      measureC(
        rows.flatMap((row, i) => Array.from({ length: counts[i]! }, () => row)),
        measure,
      );
  }
  const folds = foldsOf(rows, measure).flatMap((places) => {
    const own = places.map((i) => rows[i]!);
    const table = attempt(() => pairTable(followUp(own)));
    return table ? [{ places, table, scores: pairScores(table, [own.map(({ risk }) => risk)]) }] : [];
  });
  return (counts) =>
    meanOf(
      folds
        .map(({ places, table, scores }) =>
          weighTable(
            table,
            places.map((i) => counts[i]!),
          )(scores),
        )
        .filter((value) => !Number.isNaN(value)),
    );
}

/** Places of the rows that count together. */
function foldsOf(rows: readonly JudgedRow[], { folds }: Measure): number[][] {
  const groups = new Map<string | undefined, number[]>();
  for (const [i, { fold }] of rows.entries()) {
    const key = folds === 'pooled' ? undefined : fold;
    const group = groups.get(key);
    if (group) group.push(i);
    else groups.set(key, [i]);
  }
  return [...groups.values()];
}

function meanOf(values: readonly number[]): number | undefined {
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : undefined;
}

function followUp(rows: readonly JudgedRow[]): { times: number[]; events: boolean[] } {
  return { times: rows.map(({ time }) => time), events: rows.map(({ event }) => event) };
}

function pooledC(rows: readonly JudgedRow[], { metric, ties }: Measure): number | undefined {
  const cases = followUp(rows);
  const risks = rows.map(({ risk }) => risk);
  return attempt(() =>
    metric === 'harrell'
      ? concordance(cases, risks, ties).c
      : unoConcordance(cases, cases, risks, Math.max(...cases.times)),
  );
}

/** Undefined where a statistic does not exist. */
function attempt<T>(compute: () => T): T | undefined {
  try {
    return compute();
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
