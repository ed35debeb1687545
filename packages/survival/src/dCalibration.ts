import { chiSquareTail } from './distributions.js';
import { SurvivalError } from './survivalError.js';

/** How evenly the predicted survival at the end of follow-up fills [0, 1]. */
export interface DCalibration {
  readonly statistic: number;
  readonly degrees: number;
  readonly p: number;
  /** Cases in each bin, from the lowest survival; they add up to n. */
  readonly bins: readonly number[];
  /** Below about 100 cases the test finds little. */
  readonly cases: number;
}

/**
 * D-calibration: for a calibrated model S(T) is uniform. Bins are closed at their lower edge; bin k holds
 * k ≤ B · p < k + 1, in whole numbers, and 1 belongs to the last. A censored case's event would have come later,
 * at a lower S, so it is spread over its bin and those below.
 *
 * @param survival [n]: predicted probability of being free of the event at the end of each case's follow-up.
 * @throws SurvivalError for a value outside 0 to 1, or no cases.
 * @source Haider et al. 2020, JMLR 21(85).
 */
export function dCalibration(
  survival: ArrayLike<number>,
  events: ArrayLike<boolean>,
  bins = 10,
): DCalibration {
  const name = 'D-calibration';
  const n = survival.length;
  if (n === 0 || events.length !== n)
    throw new SurvivalError(name, `${n} probabilities and ${events.length} events`);
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < n; i++) {
    const p = survival[i]!;
    if (!(p >= 0 && p <= 1))
      throw new SurvivalError(name, `survival of case ${i} is ${p}; expected a probability`);
    const own = Math.min(bins - 1, Math.floor(p * bins));
    if (events[i] || p === 0) {
      counts[own]! += 1;
      continue;
    }
    counts[own]! += (p - own / bins) / p;
    for (let lower = 0; lower < own; lower++) counts[lower]! += 1 / (bins * p);
  }
  const expected = n / bins;
  const statistic = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return { statistic, degrees: bins - 1, p: chiSquareTail(statistic, bins - 1), bins: counts, cases: n };
}
