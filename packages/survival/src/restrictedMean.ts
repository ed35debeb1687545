import type { FollowUp } from './followUp.js';
import { kaplanMeier } from './kaplanMeier.js';
import { SurvivalError } from './survivalError.js';

/**
 * Restricted mean survival time: the area under the Kaplan–Meier steps up to `tau`.
 *
 * @throws SurvivalError for a tau that is not above 0, or beyond the last time unless survival is 0 there: the
 *   curve says nothing of what comes after.
 */
export function restrictedMean(followUp: FollowUp, tau: number): number {
  const { times, survival } = kaplanMeier(followUp);
  const last = times.at(-1)!;
  if (!(tau > 0)) throw new SurvivalError('restricted mean', `tau is ${tau}; expected a time above 0`);
  if (tau > last && survival.at(-1)! > 0) {
    throw new SurvivalError(
      'restricted mean',
      `tau ${tau} is beyond the last time ${last}; choose one up to it`,
    );
  }
  let [area, from, height] = [0, 0, 1];
  for (let k = 0; k < times.length && times[k]! < tau; k++) {
    area += height * (times[k]! - from);
    [from, height] = [times[k]!, survival[k]!];
  }
  return area + height * (tau - from);
}
