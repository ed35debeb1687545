import { normalQuantile } from './distributions.js';
import { requireComparable, type TieRule } from './concordance.js';
import type { FollowUp } from './followUp.js';
import { SurvivalError } from './survivalError.js';

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
  const [a, b] = [leaveOneOut(followUp, first), leaveOneOut(followUp, second)];
  const difference = a.c - b.c;
  const deviation = jackknife(a.without.map((value, i) => value - b.without[i]!));
  const smallest = normalQuantile(0.5 + confidence / 2) * deviation;
  const { events, times } = followUp;
  const count = Array.from(events).filter(Boolean).length;
  const of = `with ${times.length} cases and ${count} events`;
  const verdict =
    Math.abs(difference) < smallest
      ? `below noise: a difference of ${difference.toFixed(3)}, but ${of} nothing under ${smallest.toFixed(3)} can be told from none`
      : `above noise: a difference of ${difference.toFixed(3)}; ${of} ${smallest.toFixed(3)} can be told from none`;
  return { cases: times.length, events: count, difference, deviation, smallest, verdict };
}

/** Standard deviation of Harrell's C itself, by the jackknife. @throws SurvivalError as `concordance`. */
export function concordanceDeviation(followUp: FollowUp, risks: ArrayLike<number>): number {
  return jackknife(leaveOneOut(followUp, risks).without);
}

function jackknife(without: readonly number[]): number {
  const n = without.length;
  const mean = without.reduce((sum, value) => sum + value, 0) / n;
  return Math.sqrt((without.reduce((sum, value) => sum + (value - mean) ** 2, 0) * (n - 1)) / n);
}

/** C of all cases, and without each: every pair is looked at once and counted for both of its cases. */
function leaveOneOut(
  { times, events }: FollowUp,
  risks: ArrayLike<number>,
  ties: TieRule = 'scikit-survival',
) {
  const name = 'resolution';
  requireComparable(name, { times, events }, risks);
  const tolerance = ties === 'lifelines' ? 0 : 1e-8;
  const n = times.length;
  const [won, pairs] = [new Float64Array(n), new Float64Array(n)];
  let [allWon, allPairs] = [0, 0];
  for (let i = 0; i < n; i++) {
    if (!events[i]) continue;
    for (let j = 0; j < n; j++) {
      if (!(times[j]! > times[i]! || (times[j] === times[i] && !events[j]))) continue;
      const ahead = risks[i]! - risks[j]!;
      const score = Math.abs(ahead) <= tolerance ? 0.5 : ahead > 0 ? 1 : 0;
      allWon += score;
      allPairs += 1;
      for (const k of [i, j]) {
        won[k]! += score;
        pairs[k]! += 1;
      }
    }
  }
  if (allPairs === 0) throw new SurvivalError(name, 'no pair of cases is comparable');
  const without = Array.from({ length: n }, (_, k) => {
    const left = allPairs - pairs[k]!;
    if (left === 0) throw new SurvivalError(name, `all comparable pairs hang on case ${k}; too few events`);
    return (allWon - won[k]!) / left;
  });
  return { c: allWon / allPairs, without };
}
