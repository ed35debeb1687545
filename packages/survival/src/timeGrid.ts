import type { FollowUp } from './followUp.js';
import { SurvivalError } from './survivalError.js';

/** @throws SurvivalError for no times, times that do not rise, or one outside [first, last) follow-up. */
export function requireTimes(name: string, times: readonly number[], { times: followUp }: FollowUp): void {
  if (times.length === 0) throw new SurvivalError(name, 'no times were given');
  times.forEach((time, k) => {
    if (k > 0 && !(time > times[k - 1]!)) throw new SurvivalError(name, `times do not rise at position ${k}`);
  });
  let [first, last] = [Infinity, -Infinity];
  for (let i = 0; i < followUp.length; i++) {
    first = Math.min(first, followUp[i]!);
    last = Math.max(last, followUp[i]!);
  }
  if (!(times[0]! >= first && times.at(-1)! < last)) {
    throw new SurvivalError(
      name,
      `times ${times[0]} to ${times.at(-1)} leave the follow-up [${first}, ${last}) of the test cases`,
    );
  }
}
