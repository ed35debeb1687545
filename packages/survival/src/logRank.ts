import { EigenvalueDecomposition, Matrix, solve } from 'ml-matrix';
import { chiSquareTail } from './distributions.js';
import { byTime, countEvents, requireFollowUp, type FollowUp } from './followUp.js';
import { SurvivalError } from './survivalError.js';

/** Whether K groups share one survival curve. */
export interface LogRank {
  readonly statistic: number;
  readonly degrees: number;
  readonly p: number;
  /** By group, in the order in which groups first occur. */
  readonly groups: readonly { readonly name: string; readonly observed: number; readonly expected: number }[];
}

/**
 * Log-rank test with hypergeometric variance.
 *
 * @param groups [n]: the group of each case.
 * @throws SurvivalError for one group, no event, or groups that were never at risk together.
 * @source Mantel 1966; Kalbfleisch and Prentice 2002, section 1.5.
 */
export function logRank({ times, events }: FollowUp, groups: readonly (string | number)[]): LogRank {
  const name = 'log-rank test';
  requireFollowUp(name, { times, events });
  if (groups.length !== times.length)
    throw new SurvivalError(name, `${groups.length} groups for ${times.length} cases`);
  const names = [...new Set(groups.map(String))];
  if (names.length < 2) throw new SurvivalError(name, 'there is one group; nothing to compare');
  if (countEvents(events) === 0) throw new SurvivalError(name, 'all cases are censored');
  const groupOf = groups.map((group) => names.indexOf(String(group)));
  const atRisk = names.map((_, g) => groupOf.filter((other) => other === g).length);
  const [observed, expected] = [names.map(() => 0), names.map(() => 0)];
  const variance = Matrix.zeros(names.length - 1, names.length - 1);
  const order = byTime(times);
  for (let start = 0; start < order.length;) {
    let end = start;
    const died = names.map(() => 0);
    const left = names.map(() => 0);
    for (; end < order.length && times[order[end]!] === times[order[start]!]; end++) {
      const i = order[end]!;
      left[groupOf[i]!]! += 1;
      if (events[i]) died[groupOf[i]!]! += 1;
    }
    addTime(died);
    left.forEach((count, g) => (atRisk[g]! -= count));
    start = end;
  }
  const difference = Matrix.columnVector(observed.slice(1).map((count, g) => count - expected[g + 1]!));
  const weighed = solveFullRank(variance, difference, name);
  const statistic = difference.transpose().mmul(weighed).get(0, 0);
  const degrees = names.length - 1;
  const p = chiSquareTail(statistic, degrees);
  return {
    statistic,
    degrees,
    p,
    groups: names.map((group, g) => ({ name: group, observed: observed[g]!, expected: expected[g]! })),
  };

  function addTime(died: readonly number[]): void {
    const all = atRisk.reduce((sum, count) => sum + count, 0);
    const deaths = died.reduce((sum, count) => sum + count, 0);
    if (deaths === 0) return;
    const shares = atRisk.map((count) => count / all);
    names.forEach((_, g) => {
      observed[g]! += died[g]!;
      expected[g]! += deaths * shares[g]!;
    });
    if (all < 2) return;
    const spread = (deaths * (all - deaths)) / (all - 1);
    for (let g = 1; g < names.length; g++) {
      for (let h = 1; h < names.length; h++) {
        const covariance = spread * shares[g]! * ((g === h ? 1 : 0) - shares[h]!);
        variance.set(g - 1, h - 1, variance.get(g - 1, h - 1) + covariance);
      }
    }
  }
}

/** @throws SurvivalError if the groups' counts do not vary freely: then one of them was never compared. */
function solveFullRank(variance: Matrix, difference: Matrix, name: string): Matrix {
  const spread = new EigenvalueDecomposition(variance, { assumeSymmetric: true }).realEigenvalues;
  if (Math.min(...spread) <= 1e-12 * Math.max(...spread, Number.MIN_VALUE)) {
    throw new SurvivalError(
      name,
      'a group was never at risk together with another when somebody had the event',
    );
  }
  return solve(variance, difference);
}
