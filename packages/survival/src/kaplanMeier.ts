import { normalQuantile } from './distributions.js';
import { byTime, requireFollowUp, type FollowUp } from './followUp.js';
import { SurvivalError } from './survivalError.js';

/** The product-limit estimate at each distinct time. */
export interface KaplanMeier {
  /** [k], rising. */
  readonly times: Float64Array;
  readonly atRisk: Int32Array;
  readonly events: Int32Array;
  readonly censored: Int32Array;
  /** Probability to be free of the event after each time. */
  readonly survival: Float64Array;
  /** Log–log confidence band. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** First time at which survival is at most ½; infinite if it never is. */
  readonly median: number;
}

/**
 * Kaplan–Meier estimate with a confidence band on the log(−log) scale by Greenwood's variance. Before the
 * first event the band is [1, 1]; at survival 0 it is [0, 0].
 *
 * @param confidence of the band, pointwise.
 * @throws SurvivalError for no cases or a time that is not finite.
 * @source Kaplan and Meier 1958; Kalbfleisch and Prentice 2002, section 1.4.
 */
export function kaplanMeier(followUp: FollowUp, confidence = 0.95): KaplanMeier {
  requireFollowUp('Kaplan–Meier', followUp);
  if (!(confidence > 0 && confidence < 1)) {
    throw new SurvivalError('Kaplan–Meier', `confidence is ${confidence}; expected a number between 0 and 1`);
  }
  const { times, atRisk, events, censored } = countByTime(followUp);
  const z = normalQuantile(0.5 + confidence / 2);
  const [survival, lower, upper] = [0, 0, 0].map(() => new Float64Array(times.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let [product, greenwood] = [1, 0];
  for (let k = 0; k < times.length; k++) {
    const [n, d] = [atRisk[k]!, events[k]!];
    product *= (n - d) / n;
    greenwood += d / (n * (n - d));
    survival[k] = product;
    if (product === 1 || product === 0) {
      lower[k] = upper[k] = product;
      continue;
    }
    const centre = Math.log(-Math.log(product));
    const half = (z * Math.sqrt(greenwood)) / Math.abs(Math.log(product));
    lower[k] = Math.exp(-Math.exp(centre + half));
    upper[k] = Math.exp(-Math.exp(centre - half));
  }
  // Products of fractions such as 4/5 · 5/8 may miss one half by a rounding.
  const middle = survival.findIndex((value) => value <= 0.5 + 1e-12);
  return {
    times,
    atRisk,
    events,
    censored,
    survival,
    lower,
    upper,
    median: middle < 0 ? Infinity : times[middle]!,
  };
}

/** Survival after `time`: the estimate is a step function, right-continuous, 1 before the first time. */
export function survivalAt(
  { times, survival }: Pick<KaplanMeier, 'times' | 'survival'>,
  time: number,
): number {
  let value = 1;
  for (let k = 0; k < times.length && times[k]! <= time; k++) value = survival[k]!;
  return value;
}

/** Distinct times with the numbers at risk just before, events and censorings at each. */
export function countByTime({ times, events }: FollowUp) {
  const order = byTime(times);
  const distinct = Float64Array.from(new Set(Array.from(order, (i) => times[i]!)));
  const counts = {
    atRisk: new Int32Array(distinct.length),
    events: new Int32Array(distinct.length),
    censored: new Int32Array(distinct.length),
  };
  let at = 0;
  distinct.forEach((time, k) => {
    counts.atRisk[k] = order.length - at;
    for (; at < order.length && times[order[at]!] === time; at++) {
      counts[events[order[at]!] ? 'events' : 'censored'][k]! += 1;
    }
  });
  return { times: distinct, ...counts };
}
