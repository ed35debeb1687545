import { requireComparable } from './concordance.js';
import { countEvents, requireRisks, type FollowUp } from './followUp.js';
import { SurvivalError } from './survivalError.js';

/**
 * The comparable pairs of a cohort, laid out once, so that Harrell's C of many models and many resamples of the
 * same cases is a few sums. In the order of time, with events before censorings of the same time, what an event
 * is comparable to is everything from some place on.
 */
export interface PairTable {
  readonly cases: number;
  readonly events: number;
  /** [cases]: position of the case at each place in the order of time. */
  readonly order: Int32Array;
  /** [events]: place of each event that has a pair, and the first place that it is comparable to. */
  readonly earlier: Int32Array;
  readonly later: Int32Array;
  /** [events]: where the event's pairs begin in scores. */
  readonly rows: Int32Array;
  readonly pairs: number;
}

/**
 * Lay out the comparable pairs, as `concordance` defines them. O(n log n + pairs of scores made of it).
 *
 * @throws SurvivalError for fewer than two cases, no event, no comparable pair, or a time that is not finite.
 */
export function pairTable({ times, events }: FollowUp): PairTable {
  const name = 'concordance index';
  const cases = times.length;
  requireComparable(name, { times, events }, new Float64Array(cases));
  const order = Int32Array.from({ length: cases }, (_, i) => i).sort(
    (a, b) => times[a]! - times[b]! || Number(events[b]!) - Number(events[a]!),
  );
  const [earlier, later, rows]: [number[], number[], number[]] = [[], [], []];
  let pairs = 0;
  let first = 0;
  for (let place = 0; place < cases; place++) {
    const i = order[place]!;
    if (!events[i]) continue;
    first = Math.max(first, place + 1);
    while (first < cases && times[order[first]!] === times[i] && events[order[first]!]) first += 1;
    if (first === cases) break;
    earlier.push(place);
    later.push(first);
    rows.push(pairs);
    pairs += cases - first;
  }
  if (pairs === 0) throw new SurvivalError(name, 'no pair of cases is comparable');
  return {
    cases,
    events: countEvents(events),
    order,
    earlier: Int32Array.from(earlier),
    later: Int32Array.from(later),
    rows: Int32Array.from(rows),
    pairs,
  };
}

/**
 * What a model makes of each pair: 1 where the earlier event has the higher risk, ½ where risks tie, else 0; the
 * mean over several runs of it. The mean of scores gives the mean of C, the difference of scores its difference.
 *
 * @param runs risks [cases] of each run: higher = the event comes sooner; ties within 1e-8 as in `concordance`.
 * @throws SurvivalError for no run, another number of risks, or one that is not finite.
 */
export function pairScores(
  { order, earlier, later, rows, pairs, cases }: PairTable,
  runs: readonly ArrayLike<number>[],
): Float64Array {
  if (runs.length === 0) throw new SurvivalError('concordance index', 'there are no risks');
  const scores = new Float64Array(pairs);
  const share = 1 / runs.length;
  for (const risks of runs) {
    requireRisks('concordance index', risks, cases);
    const sorted = Float64Array.from(order, (i) => risks[i]!);
    for (let e = 0; e < earlier.length; e++) {
      const own = sorted[earlier[e]!]!;
      const row = rows[e]! - later[e]!;
      for (let place = later[e]!; place < cases; place++) {
        const ahead = own - sorted[place]!;
        if (Math.abs(ahead) <= 1e-8) scores[row + place]! += share / 2;
        else if (ahead > 0) scores[row + place]! += share;
      }
    }
  }
  return scores;
}

/**
 * C of cases that count as often as their weights say, such as the cases of a resample.
 *
 * @param weights [cases], from 0.
 * @returns C of any scores of the table under these weights; NaN where no weighed pair is comparable.
 */
export function weighTable(
  { order, earlier, later, rows, cases }: PairTable,
  weights: ArrayLike<number>,
): (scores: Float64Array) => number {
  const sorted = Float64Array.from(order, (i) => weights[i]!);
  const after = new Float64Array(cases + 1);
  for (let place = cases - 1; place >= 0; place--) after[place] = after[place + 1]! + sorted[place]!;
  let total = 0;
  for (let e = 0; e < earlier.length; e++) total += sorted[earlier[e]!]! * after[later[e]!]!;
  return (scores) => {
    let won = 0;
    for (let e = 0; e < earlier.length; e++) {
      const own = sorted[earlier[e]!]!;
      if (own === 0) continue;
      const row = rows[e]! - later[e]!;
      let sum = 0;
      for (let place = later[e]!; place < cases; place++) sum += sorted[place]! * scores[row + place]!;
      won += own * sum;
    }
    return won / total;
  };
}

/** C of the cases as they are. */
export function tableConcordance({ pairs }: PairTable, scores: Float64Array): number {
  let won = 0;
  for (let i = 0; i < scores.length; i++) won += scores[i]!;
  return won / pairs;
}

/**
 * C without each case in turn: every pair is looked at once and counted for both of its cases.
 *
 * @returns [cases].
 * @throws SurvivalError if all comparable pairs hang on one case.
 */
export function withoutEach(table: PairTable, scores: Float64Array): Float64Array {
  const { order, earlier, later, rows, pairs, cases } = table;
  const [won, lost] = [new Float64Array(cases), new Float64Array(cases)];
  let allWon = 0;
  for (let e = 0; e < earlier.length; e++) {
    const row = rows[e]! - later[e]!;
    let sum = 0;
    for (let place = later[e]!; place < cases; place++) {
      const score = scores[row + place]!;
      sum += score;
      won[place]! += score;
      lost[place]! += 1;
    }
    won[earlier[e]!]! += sum;
    lost[earlier[e]!]! += cases - later[e]!;
    allWon += sum;
  }
  const without = new Float64Array(cases);
  for (let place = 0; place < cases; place++) {
    const left = pairs - lost[place]!;
    const i = order[place]!;
    if (left === 0) {
      throw new SurvivalError('resolution', `all comparable pairs hang on case ${i}; too few events`);
    }
    without[i] = (allWon - won[place]!) / left;
  }
  return without;
}
