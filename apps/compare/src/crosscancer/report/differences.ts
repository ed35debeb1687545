import {
  holm,
  pairedDifference,
  percentileInterval,
  SurvivalError,
  type DifferenceParts,
  type PairedDifference,
  type Training,
} from '@concord/survival';
import { combine, judgedOf, type Estimate, type Estimator } from './estimate.js';
import { pairCells, type Method } from './method.js';
import type { Cell } from './readCell.js';
import { computed, type Difference, type DifferenceRow, type NotComputed } from './studyReport.js';
import type { Role } from './studySchema.js';

/** A source and a target; the same cohort twice is in-domain. */
export interface Pair {
  readonly source: string;
  readonly target: string;
  readonly role: Role;
}

/** What is needed to compare two methods. */
export interface Comparing {
  readonly estimate: Estimator;
  readonly folds: number;
  /** Cases and events of a cohort. */
  readonly sizes: (cohort: string) => { readonly cases: number; readonly events: number };
}

/** A row whose p-value is not yet corrected for the others. */
type Uncorrected = Omit<DifferenceRow, 'found'> & {
  readonly found: Omit<Difference, 'pCorrected'> | NotComputed;
};

/** One method less another from one source to one target. */
export function pairDifference(first: Method, second: Method, pair: Pair, comparing: Comparing): Uncorrected {
  const { source, target, role } = pair;
  const one = compareCells(first, second, pair, comparing);
  return {
    method: first.name,
    against: second.name,
    source,
    target,
    role,
    pairs: 1,
    runs: one?.runs.size ?? 0,
    found: one
      ? judge([one], [{ share: 1, runs: [...one.runs.values()] }], [target], role, comparing)
      : NO_RUNS,
  };
}

/** One method less another, the mean over all cross-domain pairs that both have. */
export function meanDifference(
  first: Method,
  second: Method,
  pairs: readonly Pair[],
  comparing: Comparing,
): Uncorrected {
  const cross = pairs.filter(({ role }) => role === 'cross-domain');
  const found = cross.flatMap((pair) => {
    const one = compareCells(first, second, pair, comparing);
    return one ? [{ ...one, source: pair.source, target: pair.target }] : [];
  });
  const sources = [...new Set(found.map(({ source }) => source))];
  const trainings = sources.map((source) =>
    trainingOn(
      found.filter((one) => one.source === source),
      found.length,
    ),
  );
  const targets = [...new Set(found.map(({ target }) => target))];
  return {
    method: first.name,
    against: second.name,
    source: null,
    target: null,
    role: 'cross-domain',
    pairs: found.length,
    runs: trainings.reduce((sum, { runs }) => sum + runs.length, 0),
    found: found.length === 0 ? NO_RUNS : judge(found, trainings, targets, 'cross-domain', comparing),
  };
}

/** Runs of one source: the mean of what each makes of its targets, over the runs that all of them have. */
function trainingOn(
  found: readonly { readonly runs: ReadonlyMap<string, number> }[],
  pairs: number,
): Training {
  const common = [...found[0]!.runs.keys()].filter((run) => found.every(({ runs }) => runs.has(run)));
  const mean = (run: string) => found.reduce((sum, { runs }) => sum + runs.get(run)! / found.length, 0);
  return { share: found.length / pairs, runs: common.map(mean) };
}

/** Holm's correction over the rows of one family. */
export function correctFamily(rows: readonly Uncorrected[]): DifferenceRow[] {
  const tested = rows.flatMap(({ found }) => (computed(found) ? [found.p] : []));
  const corrected = holm(tested);
  let next = 0;
  return rows.map((row) => ({
    ...row,
    found: computed(row.found) ? { ...row.found, pCorrected: corrected[next++]! } : row.found,
  }));
}

const NO_RUNS: NotComputed = { reason: 'no run of both with a C-index' };

function compareCells(
  first: Method,
  second: Method,
  { source, target, role }: Pair,
  { estimate }: Comparing,
) {
  const has = (cell: Cell) =>
    cell.source === source && (judgedOf(cell, target, role)?.cindex ?? null) !== null;
  const paired = pairCells(first.cells.filter(has), second.cells.filter(has));
  const [a, b] = [estimate(paired.first, target, role), estimate(paired.second, target, role)];
  if (!a || !b) return undefined;
  const c = (cell: Cell) => judgedOf(cell, target, role)!.cindex!;
  const runs = new Map(
    paired.first.map((cell, i) => [`${cell.seed} ${cell.fold}`, c(cell) - c(paired.second[i]!)]),
  );
  return { first: a, second: b, runs };
}

/**
 * In-domain, runs are judged on different held-out cases: their spread holds both sources of chance, and that of
 * the cases is not added again.
 */
function judge(
  compared: readonly { readonly first: Estimate; readonly second: Estimate }[],
  trainings: readonly Training[],
  targets: readonly string[],
  role: Role,
  { folds, sizes }: Comparing,
): Omit<Difference, 'pCorrected'> | NotComputed {
  const share = 1 / compared.length;
  const [first, second] = [
    combine(compared.map((one) => [share, one.first])),
    combine(compared.map((one) => [share, one.second])),
  ];
  const { value, resampled } = combine([
    [1, first],
    [-1, second],
  ]);
  const testShare = folds > 1 ? 1 / (folds - 1) : 1;
  try {
    const byRuns = role === 'in-domain' && trainings.some(({ runs }) => runs.length > 1);
    const caseDeviation = byRuns ? 0 : percentileInterval(resampled).deviation;
    const of = targets.map(sizes);
    const parts: DifferenceParts = {
      difference: value,
      caseDeviation,
      cases: of.reduce((sum, { cases }) => sum + cases, 0),
      events: of.reduce((sum, { events }) => sum + events, 0),
      trainings,
      testShare,
    };
    const found = pairedDifference(parts);
    const { difference, lower, upper, p, smallest, belowNoise, verdict } = found;
    return {
      ...{ first: first.value, second: second.value },
      ...{ difference, lower, upper, p, belowNoise, verdict },
      resolution: smallest,
      caseDeviation,
      trainingDeviation: found.trainingDeviation ?? null,
      trainingP: trainingP(parts, found),
    };
  } catch (error) {
    if (error instanceof SurvivalError) return { reason: error.message };
    throw error;
  }
}

/** With cases left out of account this is the corrected resampled t-test. */
function trainingP(parts: DifferenceParts, { trainingDeviation = 0 }: PairedDifference): number | null {
  return trainingDeviation > 0 ? pairedDifference({ ...parts, caseDeviation: 0 }).p : null;
}
