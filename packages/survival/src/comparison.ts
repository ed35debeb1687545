import { chiSquareTail, studentQuantile, studentTail, tukeyQuantile } from './distributions.js';
import { SurvivalError } from './survivalError.js';

/**
 * Holm's step-down correction: p-values that hold together.
 *
 * @returns adjusted p-values in the order given.
 * @throws SurvivalError for a p outside 0 to 1.
 */
export function holm(p: readonly number[]): number[] {
  p.forEach((value, i) => {
    if (!(value >= 0 && value <= 1)) throw new SurvivalError('Holm', `p-value ${i} is ${value}`);
  });
  const order = p.map((_, i) => i).sort((a, b) => p[a]! - p[b]!);
  const adjusted = new Array<number>(p.length).fill(0);
  let largest = 0;
  order.forEach((i, rank) => {
    largest = Math.max(largest, Math.min(1, (p.length - rank) * p[i]!));
    adjusted[i] = largest;
  });
  return adjusted;
}

/** A two-sided test of a mean difference. */
export interface TTest {
  readonly mean: number;
  readonly t: number;
  readonly degrees: number;
  readonly p: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * Corrected resampled t-test: differences from folds whose training sets overlap are not independent, so their
 * variance is raised by the ratio of test to training cases.
 *
 * @param differences one for each fold (and repeat).
 * @param testShare test cases over training cases, as ¼ in five folds.
 * @throws SurvivalError for fewer than two differences, or none that varies.
 * @source Nadeau and Bengio 2003, doi 10.1023/A:1024068626366.
 */
export function correctedTTest(differences: readonly number[], testShare: number, confidence = 0.95): TTest {
  const n = differences.length;
  if (n < 2) throw new SurvivalError('corrected t-test', `${n} differences; needs two or more`);
  const mean = differences.reduce((sum, value) => sum + value, 0) / n;
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  if (!(variance > 0))
    throw new SurvivalError('corrected t-test', 'all differences are the same; they have no spread');
  const error = Math.sqrt((1 / n + testShare) * variance);
  const t = mean / error;
  const half = studentQuantile(0.5 + confidence / 2, n - 1) * error;
  const p = 2 * studentTail(Math.abs(t), n - 1);
  return { mean, t, degrees: n - 1, p, lower: mean - half, upper: mean + half };
}

/** Mean ranks of several methods over several data sets, and how far apart they have to be. */
export interface CriticalDifference {
  /** 1 is best; ties share their mean rank. */
  readonly meanRanks: readonly number[];
  readonly friedman: { readonly statistic: number; readonly p: number };
  /** Nemenyi's critical difference of mean ranks. */
  readonly difference: number;
}

/**
 * Friedman's test and Nemenyi's critical difference.
 *
 * @param scores [data sets][methods]: higher is better.
 * @throws SurvivalError for fewer than two data sets or methods, or a score that is not finite.
 * @source Demšar 2006, JMLR 7.
 */
export function criticalDifference(scores: readonly (readonly number[])[], alpha = 0.05): CriticalDifference {
  const name = 'critical difference';
  const [sets, methods] = [scores.length, scores[0]?.length ?? 0];
  if (sets < 2 || methods < 2)
    throw new SurvivalError(name, `${sets} data sets and ${methods} methods; needs two of each`);
  const sums = new Array<number>(methods).fill(0);
  scores.forEach((row, i) => {
    if (row.length !== methods || !row.every(Number.isFinite)) {
      throw new SurvivalError(name, `data set ${i} does not have ${methods} finite scores`);
    }
    ranks(row).forEach((rank, k) => (sums[k]! += rank));
  });
  const meanRanks = sums.map((sum) => sum / sets);
  const squares = meanRanks.reduce((sum, rank) => sum + rank * rank, 0);
  const statistic =
    ((12 * sets) / (methods * (methods + 1))) * (squares - (methods * (methods + 1) ** 2) / 4);
  const studentised = tukeyQuantile(1 - alpha, methods) / Math.SQRT2;
  return {
    meanRanks,
    friedman: { statistic, p: chiSquareTail(statistic, methods - 1) },
    difference: studentised * Math.sqrt((methods * (methods + 1)) / (6 * sets)),
  };
}

function ranks(row: readonly number[]): number[] {
  return row.map((score) => {
    const better = row.filter((other) => other > score).length;
    const same = row.filter((other) => other === score).length;
    return better + (same + 1) / 2;
  });
}
