import {
  pairScores,
  pairTable,
  percentileInterval,
  resampleCounts,
  SurvivalError,
  weighTable,
  type FollowUp,
} from '@concord/survival';

const RESAMPLES = 1000;

/**
 * The 95 % interval of Harrell's C: percentiles of 1,000 resamples of the cases, the same ones in every run.
 *
 * @param risks [n]: higher = the event comes sooner.
 * @returns null where too few resamples have a comparable pair.
 * @source Efron and Tibshirani 1993.
 */
export function concordanceInterval(
  followUp: FollowUp,
  risks: ArrayLike<number>,
): readonly [lower: number, upper: number] | null {
  try {
    const table = pairTable(followUp);
    const scores = pairScores(table, [risks]);
    const values = resampleCounts(risks.length, RESAMPLES, 1).map((counts) =>
      weighTable(table, counts)(scores),
    );
    const { lower, upper } = percentileInterval(values);
    return [lower, upper];
  } catch (error) {
    if (error instanceof SurvivalError) return null;
    throw error;
  }
}
