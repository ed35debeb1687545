import { SurvivalError } from './survivalError.js';

/** Follow-up of n cases: any unit of time, the same for all. */
export interface FollowUp {
  /** [n], finite, not below 0. */
  readonly times: ArrayLike<number>;
  /** [n], true where the event was observed. */
  readonly events: ArrayLike<boolean>;
}

/** @throws SurvivalError for no cases, another number of events, or a time that is not finite or below 0. */
export function requireFollowUp(statistic: string, { times, events }: FollowUp): void {
  if (times.length === 0) throw new SurvivalError(statistic, 'there are no cases');
  if (events.length !== times.length) {
    throw new SurvivalError(statistic, `${times.length} times and ${events.length} events`);
  }
  for (let i = 0; i < times.length; i++) {
    if (!(Number.isFinite(times[i]) && times[i]! >= 0)) {
      throw new SurvivalError(statistic, `time of case ${i} is ${times[i]}; expected a number from 0`);
    }
  }
}

/** @throws SurvivalError for another number of risks, or one that is NaN or infinite. */
export function requireRisks(statistic: string, risks: ArrayLike<number>, cases: number): void {
  if (risks.length !== cases) throw new SurvivalError(statistic, `${risks.length} risks for ${cases} cases`);
  for (let i = 0; i < risks.length; i++) {
    if (!Number.isFinite(risks[i])) {
      throw new SurvivalError(statistic, `risk of case ${i} is ${risks[i]}; did the model diverge?`);
    }
  }
}

/** Positions of the cases by rising time; equal times keep their order. */
export function byTime(times: ArrayLike<number>): Int32Array {
  return Int32Array.from({ length: times.length }, (_, i) => i).sort((a, b) => times[a]! - times[b]!);
}

/** Number of observed events. */
export function countEvents(events: ArrayLike<boolean>): number {
  let count = 0;
  for (let i = 0; i < events.length; i++) if (events[i]) count += 1;
  return count;
}
