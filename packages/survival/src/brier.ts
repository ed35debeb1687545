import { censoringDistribution, inverseProbability } from './censoring.js';
import { requireFollowUp, type FollowUp } from './followUp.js';
import { SurvivalError } from './survivalError.js';
import { requireTimes } from './timeGrid.js';

/**
 * Brier score at each time, weighted for censoring: the mean over all n test cases of S(t)² / G(T) for those
 * who had the event by t, and (1 − S(t))² / G(t) for those still followed.
 *
 * @param estimates [n][times]: predicted probability to be free of the event at each time.
 * @param times rising, within the follow-up of the test cases.
 * @throws SurvivalError for an estimate outside 0 to 1, times out of order or range, or G of 0.
 * @source Graf et al. 1999; scikit-survival 0.28.0, `brier_score`.
 */
export function brierScore(
  training: FollowUp,
  test: FollowUp,
  estimates: readonly ArrayLike<number>[],
  times: readonly number[],
): number[] {
  const name = 'Brier score';
  requireFollowUp(name, test);
  requireTimes(name, times, test);
  requireEstimates(name, estimates, test.times.length, times.length);
  const censoring = censoringDistribution(training, name);
  return times.map((time, k) => {
    let sum = 0;
    for (let i = 0; i < test.times.length; i++) {
      const survival = estimates[i]![k]!;
      if (test.times[i]! > time) sum += (1 - survival) ** 2 * inverseProbability(censoring, time, name);
      else if (test.events[i]) sum += survival ** 2 * inverseProbability(censoring, test.times[i]!, name);
    }
    return sum / test.times.length;
  });
}

/** The Brier score averaged over the span of the times, by trapezoids. @throws SurvivalError for fewer than two. */
export function integratedBrierScore(
  training: FollowUp,
  test: FollowUp,
  estimates: readonly ArrayLike<number>[],
  times: readonly number[],
): number {
  if (times.length < 2) throw new SurvivalError('integrated Brier score', 'needs two times or more');
  const scores = brierScore(training, test, estimates, times);
  let area = 0;
  for (let k = 1; k < times.length; k++)
    area += ((scores[k]! + scores[k - 1]!) / 2) * (times[k]! - times[k - 1]!);
  return area / (times.at(-1)! - times[0]!);
}

function requireEstimates(
  name: string,
  estimates: readonly ArrayLike<number>[],
  cases: number,
  times: number,
): void {
  if (estimates.length !== cases)
    throw new SurvivalError(name, `${estimates.length} estimates for ${cases} cases`);
  estimates.forEach((row, i) => {
    if (row.length !== times)
      throw new SurvivalError(name, `case ${i} has ${row.length} estimates for ${times} times`);
    for (let k = 0; k < times; k++) {
      if (!(row[k]! >= 0 && row[k]! <= 1)) {
        throw new SurvivalError(name, `estimate ${k} of case ${i} is ${row[k]}; expected a probability`);
      }
    }
  });
}
