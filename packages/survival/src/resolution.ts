import { normalQuantile } from './distributions.js';
import type { FollowUp } from './followUp.js';
import { pairScores, pairTable, tableConcordance, withoutEach } from './pairTable.js';

/** The smallest difference of two concordance indices that these cases can tell from none. */
export interface Resolution {
  readonly cases: number;
  readonly events: number;
  /** Difference of the two, first less second. */
  readonly difference: number;
  /** Standard deviation of the difference, by the jackknife over cases. */
  readonly deviation: number;
  /** Half the width of the difference's interval. */
  readonly smallest: number;
  /** In words, for people. */
  readonly verdict: string;
}

/**
 * How much of a difference between two models' concordance these cases can show. Leaving out each case in turn
 * gives the variance of the paired difference; what lies within z times its root is noise.
 *
 * @param first, @param second risks [n] of the same cases by two models.
 * @throws SurvivalError as `concordance`.
 * @source Efron and Stein 1981 (jackknife variance).
 */
export function resolution(
  followUp: FollowUp,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  confidence = 0.95,
): Resolution {
  const table = pairTable(followUp);
  const other = pairScores(table, [second]);
  const scores = pairScores(table, [first]).map((score, i) => score - other[i]!);
  const difference = tableConcordance(table, scores);
  const deviation = jackknife(withoutEach(table, scores));
  const smallest = normalQuantile(0.5 + confidence / 2) * deviation;
  const { cases, events } = table;
  const verdict = noiseInWords(difference, smallest, `${cases} cases and ${events} events`);
  return { cases, events, difference, deviation, smallest, verdict };
}

/** Whether a difference can be told from none, in words. */
export function noiseInWords(difference: number, smallest: number, counts: string): string {
  return Math.abs(difference) < smallest || difference === 0
    ? `below noise: a difference of ${difference.toFixed(3)}, but with ${counts} nothing under ${smallest.toFixed(3)} can be told from none`
    : `above noise: a difference of ${difference.toFixed(3)}; with ${counts} ${smallest.toFixed(3)} can be told from none`;
}

/** Standard deviation of Harrell's C itself, by the jackknife. @throws SurvivalError as `concordance`. */
export function concordanceDeviation(followUp: FollowUp, risks: ArrayLike<number>): number {
  const table = pairTable(followUp);
  return jackknife(withoutEach(table, pairScores(table, [risks])));
}

/** Standard deviation of a statistic from its values without each case in turn. */
export function jackknife(without: ArrayLike<number>): number {
  const n = without.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += without[i]! / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (without[i]! - mean) ** 2;
  return Math.sqrt((squares * (n - 1)) / n);
}
