import { applyScaling, fitGlobalScaling, fitZScores, type CohortCase } from '@concord/data';
import type { StudyCohort } from './studyCohort.js';

/**
 * Whose cases give the numbers by which a cohort's genes are scaled: the training cases of the source, for all
 * cohorts; or each cohort its own, training cases where it trains, all where it is only judged on (no outcome is
 * looked at).
 */
export const SCALINGS = ['source', 'cohort'] as const;

export type ScalingBy = (typeof SCALINGS)[number];

/** A map of packed expression, fitted on these cases; undefined where genes stay as they are. */
export function fitGenes(
  kind: StudyCohort['scaling'],
  cases: readonly CohortCase[],
): ((genes: Float32Array) => Float32Array) | undefined {
  if (kind === 'none') return undefined;
  const rows = cases.map(({ genes }) => Float64Array.from(genes));
  const scaling = kind === 'z-score' ? fitZScores(rows) : fitGlobalScaling(rows);
  return (genes) => Float32Array.from(applyScaling(scaling, Float64Array.from(genes)));
}
