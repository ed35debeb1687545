import { requireFollowUp, type FollowUp } from './followUp.js';
import { countByTime } from './kaplanMeier.js';
import { SurvivalError } from './survivalError.js';

/** The probability G(t) not to have been censored until after t, estimated on training cases. */
export interface CensoringDistribution {
  /** @throws SurvivalError beyond the last training time, unless G has come to 0 there. */
  at(time: number): number;
}

/**
 * Kaplan–Meier of censoring. At a time with both, events go first: who has the event is not at risk of being
 * censored any more.
 *
 * @source Uno et al. 2011; scikit-survival 0.28.0, `CensoringDistributionEstimator`.
 */
export function censoringDistribution(training: FollowUp, statistic: string): CensoringDistribution {
  requireFollowUp(statistic, training);
  const { times, atRisk, events, censored } = countByTime(training);
  const free = new Float64Array(times.length);
  let product = 1;
  for (let k = 0; k < times.length; k++) {
    const n = atRisk[k]! - events[k]!;
    if (n > 0) product *= (n - censored[k]!) / n;
    free[k] = product;
  }
  const last = times.at(-1)!;
  return {
    at(time) {
      if (time > last && product > 0) {
        throw new SurvivalError(
          statistic,
          `time ${time} is beyond the last training time ${last}, where censoring is unknown; restrict the times (tau)`,
        );
      }
      let [low, high] = [0, times.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (times[middle]! <= time) low = middle + 1;
        else high = middle;
      }
      return low === 0 ? 1 : free[low - 1]!;
    },
  };
}

/** 1 / G(time). @throws SurvivalError where G is 0: such a case would weigh infinitely. */
export function inverseProbability(
  censoring: CensoringDistribution,
  time: number,
  statistic: string,
): number {
  const free = censoring.at(time);
  if (free === 0) {
    throw new SurvivalError(
      statistic,
      `at time ${time} every training case was censored before; restrict the times (tau)`,
    );
  }
  return 1 / free;
}
