import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { bootstrap, type Interval } from './bootstrap.js';
import { holm } from './comparison.js';
import { byTime } from './followUp.js';
import { pairedDifference, type PairedDifference, type Training } from './pairedDifference.js';
import { pairScores, pairTable, tableConcordance, weighTable, withoutEach } from './pairTable.js';
import { jackknife } from './resolution.js';

/** Patients of a simulated cohort. */
export interface SimulatedCohort {
  readonly times: number[];
  readonly events: boolean[];
  /** [cases][features] */
  readonly features: number[][];
}

/** Uniform and normal draws from a seed. */
export function draws(seed: number) {
  const generator = xoroshiro128plus(seed);
  const uniform = () => ((generator.next() >>> 0) + 0.5) / 2 ** 32;
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

/** Exponential times whose rate follows the features, censored at random: about two in five have no event. */
export function simulateCohort(
  cases: number,
  effects: readonly number[],
  { uniform, normal }: ReturnType<typeof draws>,
): SimulatedCohort {
  const features = Array.from({ length: cases }, () => effects.map(normal));
  const times: number[] = [];
  const events = features.map((x) => {
    const rate = Math.exp(x.reduce((sum, value, j) => sum + value * effects[j]!, 0));
    const [own, end] = [-Math.log(uniform()) / rate, -Math.log(uniform()) / 0.6];
    times.push(Math.min(own, end));
    return own <= end;
  });
  return { times, events, features };
}

/** C's bootstrap interval in one simulated study of a model that knows the planted effect. */
export function coverStudy(cases: number, seed: number, resamples: number, method: Interval['method']) {
  const one = simulateCohort(cases, [1], draws(seed));
  const table = pairTable(one);
  const scores = pairScores(table, [one.features.map(([x]) => x!)]);
  const statistic = (positions: Int32Array) => {
    const counts = new Int32Array(cases);
    for (const at of positions) counts[at]! += 1;
    return weighTable(table, counts)(scores);
  };
  return bootstrap(cases, statistic, { resamples, method, seed });
}

/** Sizes of a simulated study, and its effect. */
export interface StudyOptions {
  readonly cases?: number;
  readonly folds?: number;
  readonly seeds?: number;
  /** Share of the features that a run of either method keeps; the same for both: no effect. */
  readonly keep?: readonly [number, number];
}

/**
 * A study of four cohorts, all twelve source → target pairs and two methods, the same unless told otherwise: each run of
 * either fits a linear model on its training folds and drops some of the features at random.
 *
 * @returns the judged difference of each pair, Holm's p-values over the twelve, and the mean over them.
 */
export function simulateStudy(
  seed: number,
  { cases = 160, folds = 5, seeds = 3, keep = [0.5, 0.5] }: StudyOptions = {},
) {
  const source = draws(seed);
  const common = Array.from({ length: 12 }, () => 0.3 * source.normal());
  const cohorts = Array.from({ length: 4 }, () =>
    simulateCohort(
      cases,
      common.map((effect) => effect + 0.15 * source.normal()),
      source,
    ),
  );
  const tables = cohorts.map(pairTable);
  const pairs: PairedDifference[] = [];
  const trainings: Training[] = [];
  // By target: C's mean difference without each of its cases, as far as it rests on that target.
  const without = cohorts.map(() => new Float64Array(cases));
  cohorts.forEach((from, s) => {
    const runs = Array.from({ length: folds * seeds }, (_, r) =>
      keep.map((share) => fit(from, (i) => i % folds !== r % folds, share, source)),
    );
    const own = new Float64Array(runs.length);
    cohorts.forEach((to, t) => {
      if (t === s) return;
      const table = tables[t]!;
      const scores = runs.map(
        (both) =>
          both.map((weights) => pairScores(table, [predict(to, weights)])) as [Float64Array, Float64Array],
      );
      const mean = new Float64Array(table.pairs);
      for (const [a, b] of scores) mean.forEach((_, i) => (mean[i]! += (a[i]! - b[i]!) / scores.length));
      const left = withoutEach(table, mean);
      left.forEach((value, i) => (without[t]![i]! += value / 12));
      const differences = scores.map(([a, b]) => tableConcordance(table, a) - tableConcordance(table, b));
      differences.forEach((value, r) => (own[r]! += value / 3));
      pairs.push(
        pairedDifference({
          difference: tableConcordance(table, mean),
          caseDeviation: jackknife(left),
          cases,
          events: table.events,
          trainings: [{ share: 1, runs: differences }],
          testShare: 1 / (folds - 1),
        }),
      );
    });
    trainings.push({ share: 1 / 4, runs: [...own] });
  });
  const overall = pairedDifference({
    difference: pairs.reduce((sum, { difference }) => sum + difference / 12, 0),
    caseDeviation: Math.hypot(...without.map(jackknife)),
    cases: 4 * cases,
    events: tables.reduce((sum, { events }) => sum + events, 0),
    trainings,
    testShare: 1 / (folds - 1),
  });
  return { pairs, corrected: holm(pairs.map(({ p }) => p)), overall };
}

/** Score of each feature at no effect, some of them dropped: one step of a Cox model from zero. */
function fit(
  { times, events, features }: SimulatedCohort,
  trains: (i: number) => boolean,
  keep: number,
  { uniform }: ReturnType<typeof draws>,
): number[] {
  const order = [...byTime(times)].filter(trains);
  const weights = features[0]!.map(() => 0);
  let hazard = 0;
  order.forEach((i, place) => {
    if (events[i]) hazard += 1 / (order.length - place);
    const surprise = (events[i] ? 1 : 0) - hazard;
    features[i]!.forEach((x, j) => (weights[j]! += surprise * x));
  });
  return weights.map((weight) => (uniform() < keep ? weight : 0));
}

function predict({ features }: SimulatedCohort, weights: readonly number[]): number[] {
  return features.map((x) => x.reduce((sum, value, j) => sum + value * weights[j]!, 0));
}
