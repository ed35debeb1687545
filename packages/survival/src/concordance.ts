import { byTime, countEvents, requireFollowUp, requireRisks, type FollowUp } from './followUp.js';
import { SurvivalError } from './survivalError.js';

/**
 * When two risks count as the same: within 1e-8 as scikit-survival takes it, or only when equal as lifelines
 * does.
 */
export type TieRule = 'scikit-survival' | 'lifelines';

const TOLERANCE: Readonly<Record<TieRule, number>> = { 'scikit-survival': 1e-8, lifelines: 0 };

/** Harrell's C and the pairs that it is made of. */
export interface Concordance {
  /** (concordant + tiedRisk / 2) / comparable pairs. */
  readonly c: number;
  /** The earlier event has the higher risk. */
  readonly concordant: number;
  readonly discordant: number;
  readonly tiedRisk: number;
  /** Comparable pairs at the same time, an event and a censoring; scikit-survival's `tied_time`. */
  readonly tiedTime: number;
}

/**
 * Harrell's concordance index. A pair is comparable if the earlier one has an event; at the same time an event
 * comes before a censoring, and two events are not comparable. O(n log n).
 *
 * @param risks [n]: higher = the event comes sooner.
 * @throws SurvivalError for fewer than two cases, no event, no comparable pair, or a risk that is not finite.
 * @source Harrell et al. 1982; scikit-survival 0.28.0, `concordance_index_censored`; lifelines 0.30.3.
 */
export function concordance(
  followUp: FollowUp,
  risks: ArrayLike<number>,
  ties: TieRule = 'scikit-survival',
): Concordance {
  const name = 'concordance index';
  requireComparable(name, followUp, risks);
  const pairs = weighPairs(followUp, risks, TOLERANCE[ties], () => 1);
  const comparable = pairs.concordant + pairs.discordant + pairs.tiedRisk;
  if (comparable === 0) {
    throw new SurvivalError(
      name,
      'no pair of cases is comparable: no event comes before any other follow-up ends',
    );
  }
  return { c: (pairs.concordant + pairs.tiedRisk / 2) / comparable, ...pairs };
}

/** @throws SurvivalError as `concordance` does, but for comparable pairs. */
export function requireComparable(name: string, followUp: FollowUp, risks: ArrayLike<number>): void {
  requireFollowUp(name, followUp);
  requireRisks(name, risks, followUp.times.length);
  if (followUp.times.length < 2) throw new SurvivalError(name, 'one case makes no pair');
  if (countEvents(followUp.events) === 0) {
    throw new SurvivalError(
      name,
      `all ${followUp.times.length} cases are censored; without events no pair is comparable`,
    );
  }
}

/**
 * Sums over all comparable pairs, each with the weight of its earlier case. Walks from the last time to the
 * first and keeps the risks of all later cases in a Fenwick tree.
 *
 * @param weight of the case at a position in `followUp`; asked of events only.
 */
export function weighPairs(
  { times, events }: FollowUp,
  risks: ArrayLike<number>,
  tolerance: number,
  weight: (position: number) => number,
): Omit<Concordance, 'c'> {
  const order = byTime(times);
  const levels = Float64Array.from(new Set(Array.from(risks))).sort();
  const tree = new Int32Array(levels.length + 1);
  let inTree = 0;
  const add = (risk: number) => {
    for (let i = firstAtLeast(levels, risk) + 1; i < tree.length; i += i & -i) tree[i]! += 1;
    inTree += 1;
  };
  /** How many in the tree have one of the lowest `count` levels. */
  const below = (count: number) => {
    let sum = 0;
    for (let i = count; i > 0; i -= i & -i) sum += tree[i]!;
    return sum;
  };
  let [concordant, discordant, tiedRisk, tiedTime] = [0, 0, 0, 0];
  for (let end = order.length; end > 0;) {
    let start = end - 1;
    while (start > 0 && times[order[start - 1]!] === times[order[end - 1]!]) start -= 1;
    const group = order.subarray(start, end);
    const died = group.filter((i) => events[i]);
    for (const i of group) if (!events[i]) add(risks[i]!);
    for (const i of died) {
      const risk = risks[i]!;
      const lower = below(firstWhere(levels, (level) => risk - level <= tolerance));
      const upTo = below(firstWhere(levels, (level) => level - risk > tolerance));
      const w = weight(i);
      concordant += w * lower;
      tiedRisk += w * (upTo - lower);
      discordant += w * (inTree - upTo);
    }
    tiedTime += died.length * (group.length - died.length);
    for (const i of died) add(risks[i]!);
    end = start;
  }
  return { concordant, discordant, tiedRisk, tiedTime };
}

function firstAtLeast(levels: Float64Array, risk: number): number {
  return firstWhere(levels, (level) => level >= risk);
}

/** Position of the first level for which a condition holds that, once it holds, holds for all higher ones. */
function firstWhere(levels: Float64Array, holds: (level: number) => boolean): number {
  let [low, high] = [0, levels.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(levels[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
