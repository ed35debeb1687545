import {
  pairScores,
  pairTable,
  resampleCounts,
  tableConcordance,
  weighTable,
  type PairTable,
} from '@concord/survival';
import type { Study } from '../studyFolder.js';
import type { Cell, Judged } from './readCell.js';
import type { Role } from './studySchema.js';

/** A number and what it is in each resample of the cases; NaN where it does not exist. */
export interface Estimate {
  readonly value: number;
  readonly resampled: Float64Array;
}

/** Mean C of runs on one cohort; undefined where none of them has one. */
export type Estimator = (cells: readonly Cell[], cohort: string, role: Role) => Estimate | undefined;

/** Sum of estimates times factors: resample by resample, so that what they share cancels. */
export function combine(terms: readonly (readonly [factor: number, estimate: Estimate])[]): Estimate {
  const resampled = new Float64Array(terms[0]![1].resampled.length);
  for (const [factor, estimate] of terms) {
    resampled.forEach((_, b) => (resampled[b]! += factor * estimate.resampled[b]!));
  }
  return { value: terms.reduce((sum, [factor, { value }]) => sum + factor * value, 0), resampled };
}

/**
 * Estimates of one study. Cases are drawn once for each cohort, with the same draws for every model and every
 * source: runs (seeds, folds) are repeats that are averaged, and differences are paired.
 */
export function openEstimator({ cells }: Pick<Study, 'cells'>, resamples: number, seed: number): Estimator {
  const cohorts = drawCases(cells, resamples, seed);
  const [blocks, known] = [new Map<string, Block>(), new Map<string, Estimate | undefined>()];

  function blockOf(judged: Judged): Block & { readonly order: readonly number[] } {
    const order = judged.caseIds
      .map((_, i) => i)
      .sort((a, b) => (judged.caseIds[a]! < judged.caseIds[b]! ? -1 : 1));
    const ids = order.map((i) => judged.caseIds[i]!);
    const key = `${judged.cohort} ${ids.join(' ')}`;
    let block = blocks.get(key);
    if (!block) {
      const { position, counts } = cohorts.get(judged.cohort)!;
      const places = Int32Array.from(ids, (id) => position.get(id)!);
      const table = pairTable({
        times: order.map((i) => judged.times[i]!),
        events: order.map((i) => judged.events[i]!),
      });
      blocks.set(key, (block = { table, places, counts }));
    }
    return { ...block, order };
  }

  return (runs, cohort, role) => {
    const key = [cohort, role, ...runs.map(({ path }) => path)].join('\n');
    if (known.has(key)) return known.get(key);
    const groups = new Map<PairTable, { block: Block; risks: number[][] }>();
    for (const judged of runs.flatMap((cell) => judgedOf(cell, cohort, role) ?? [])) {
      if (judged.cindex === null) continue;
      const { order, ...block } = blockOf(judged);
      const group = groups.get(block.table) ?? { block, risks: [] };
      group.risks.push(order.map((i) => judged.risks[i]!));
      groups.set(block.table, group);
    }
    const estimate = groups.size === 0 ? undefined : meanOf([...groups.values()], resamples);
    known.set(key, estimate);
    return estimate;
  };
}

/** What a cell says of one cohort. */
export function judgedOf(cell: Cell, cohort: string, role: Role): Judged | undefined {
  return cell.judged.find((one) => one.cohort === cohort && one.role === role);
}

/** Cases that were judged together. */
interface Block {
  readonly table: PairTable;
  /** Position of each case among all of the cohort. */
  readonly places: Int32Array;
  readonly counts: readonly Uint16Array[];
}

function drawCases(cells: readonly Cell[], resamples: number, seed: number) {
  const ids = new Map<string, Set<string>>();
  for (const { cohort, caseIds } of cells.flatMap(({ judged }) => judged)) {
    const known = ids.get(cohort) ?? new Set<string>();
    caseIds.forEach((id) => known.add(id));
    ids.set(cohort, known);
  }
  return new Map(
    [...ids]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([cohort, known], c) => {
        const sorted = [...known].sort();
        const position = new Map(sorted.map((id, i) => [id, i]));
        return [cohort, { position, counts: resampleCounts(sorted.length, resamples, seed + c) }];
      }),
  );
}

/** Mean over groups of runs; in a resample in which a fold has no comparable pair, over the others. */
function meanOf(groups: readonly { block: Block; risks: number[][] }[], resamples: number): Estimate {
  const [sums, shares] = [new Float64Array(resamples), new Float64Array(resamples)];
  let [value, runs] = [0, 0];
  for (const { block, risks } of groups) {
    const { table, places, counts } = block;
    const scores = pairScores(table, risks);
    value += risks.length * tableConcordance(table, scores);
    runs += risks.length;
    const weights = new Uint16Array(places.length);
    for (let b = 0; b < resamples; b++) {
      const drawn = counts[b]!;
      for (let i = 0; i < weights.length; i++) weights[i] = drawn[places[i]!]!;
      const c = weighTable(table, weights)(scores);
      if (Number.isNaN(c)) continue;
      sums[b]! += risks.length * c;
      shares[b]! += risks.length;
    }
  }
  return { value: value / runs, resampled: sums.map((sum, b) => (shares[b] === 0 ? NaN : sum / shares[b]!)) };
}
