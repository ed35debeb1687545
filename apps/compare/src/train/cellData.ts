import {
  checkLeakage,
  DataError,
  fitTimeBins,
  stratifiedFolds,
  timeBin,
  type CohortCase,
  type Split,
} from '@concord/data';
import { type TrainingCase, type TrainingSet } from '@concord/training';
import { fitHistology } from './scaleFeatures.js';
import { fitGenes, type ScalingBy } from './scaleGenes.js';
import type { StudyCohort } from './studyCohort.js';

/** Who trains, who is held out, who is judged. */
export interface CellCases {
  /** Cohorts that train together. */
  readonly sources: readonly string[];
  /** Cohorts that are judged with all of their cases. */
  readonly targets: readonly string[];
  readonly scaling: ScalingBy;
  /** A split of the sources' cases; or the fold of that many that is held out, dealt out by the seed. */
  readonly split: Split | { readonly fold: number; readonly folds: number; readonly seed: number };
}

/** Cases of a cell, scaled and binned. */
export interface CellData {
  readonly training: TrainingSet;
  readonly heldOut: readonly TrainingCase[];
  readonly targets: readonly TrainingCase[];
  /** Edges of the time bins, fitted on the training cases. */
  readonly edges: readonly number[];
}

/**
 * Put the cases of a cell together. Scaling and time bins are fitted on training cases; the bin of another case
 * is that of the training's edges, and the first or last one beyond them.
 *
 * @throws DataError for a split that leaks, a fold without events, an unknown cohort.
 */
export function cellData(
  cohorts: readonly StudyCohort[],
  { sources, targets, scaling, split }: CellCases,
): CellData {
  const find = (name: string) => {
    const found = cohorts.find((cohort) => cohort.name === name);
    if (!found)
      throw new DataError(name, `no such cohort; there are: ${cohorts.map((one) => one.name).join(', ')}`);
    return found;
  };
  const parts = sources.map((name) => ({ cohort: find(name), ...divide(find(name), split) }));
  const { pathways, patchWidth, bins } = parts[0]!.cohort;
  const allTraining = parts.flatMap(({ training }) => training);
  const edges = fitTimeBins(allTraining, bins, sources.join('+'));
  const genesOfSource = fitGenes(parts[0]!.cohort.scaling, allTraining);
  const histologyOfSource = fitHistology(parts.map(({ cohort, training }) => ({ cohort, cases: training })));
  const mapped = (cohort: StudyCohort, cases: readonly CohortCase[], fit: readonly CohortCase[]) => {
    const bySource = scaling === 'source';
    const genes = bySource ? genesOfSource : fitGenes(cohort.scaling, fit);
    const histology = bySource ? histologyOfSource : fitHistology([{ cohort, cases: fit }]);
    return cases.map((one): TrainingCase => ({
      ...one,
      ...histology?.(cohort, one),
      cohort: cohort.name,
      bin: timeBin(within(one.timeMonths, edges), edges, one.caseId),
      genes: genes ? genes(one.genes) : one.genes,
    }));
  };
  return {
    training: {
      shape: { pathways: pathways.map(({ genes }) => genes), patchWidth, bins },
      cases: parts.flatMap(({ cohort, training }) => mapped(cohort, training, training)),
    },
    heldOut: parts.flatMap(({ cohort, training, heldOut }) => mapped(cohort, heldOut, training)),
    targets: targets.map(find).flatMap((cohort) => mapped(cohort, cohort.cases, cohort.cases)),
    edges,
  };
}

function divide(cohort: StudyCohort, split: CellCases['split']) {
  const { name, cases } = cohort;
  if (!cases.some(({ event }) => event)) {
    throw new DataError(name, `all ${cases.length} cases are censored; a survival model learns from events`);
  }
  const { train, validation } =
    'folds' in split
      ? stratifiedFolds(cohort.cases, split.folds, split.seed, cohort.name)[split.fold]!
      : requireApart(split, cohort);
  const [trains, validates] = [new Set(train), new Set(validation)];
  const training = cohort.cases.filter(({ caseId }) => trains.has(caseId));
  const heldOut = cohort.cases.filter(({ caseId }) => validates.has(caseId));
  if (!heldOut.some(({ event }) => event)) {
    throw new DataError(cohort.name, 'no held-out case has an event, so that nothing can be judged on them');
  }
  return { training, heldOut };
}

/** @throws DataError if a case is on both sides, or the split is of another cohort. */
function requireApart(split: Split, { name, cases }: StudyCohort): Split {
  const slidesOf = new Map(cases.map(({ caseId, slideIds }) => [caseId, slideIds]));
  const leak = checkLeakage(split, { slidesOf })[0];
  if (leak) throw new DataError(name, `the split leaks: ${leak.title}, such as ${leak.cases[0]}`);
  const known = new Set(cases.map(({ caseId }) => caseId));
  for (const [side, ids] of Object.entries(split) as [string, readonly string[]][]) {
    if (!ids.some((id) => known.has(id)))
      throw new DataError(name, `the split's ${side} names no case of it`);
  }
  return split;
}

function within(months: number, edges: readonly number[]): number {
  const last = edges.at(-1)!;
  return Math.min(Math.max(months, edges[0]!), last - Math.abs(last) * 2 ** -50);
}
