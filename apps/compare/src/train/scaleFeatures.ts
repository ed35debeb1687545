import { fitFeatures, type CohortCase } from '@concord/data';
import type { StudyCohort } from './studyCohort.js';

/** Cases of a cohort that numbers are fitted on. */
export interface FittedCases {
  readonly cohort: StudyCohort;
  readonly cases: readonly CohortCase[];
}

/** Gives a case of a cohort the bag that it has under a scaling. */
export type FeatureMap = (cohort: StudyCohort, one: CohortCase) => Pick<CohortCase, 'patches'>;

/**
 * Fit the histology features of these cases, of all cohorts together, slide by slide; undefined where the first
 * cohort's patches stay as they are.
 *
 * @throws DataError for a feature that was measured in none of them.
 */
export function fitHistology(parts: readonly FittedCases[]): FeatureMap | undefined {
  const first = parts[0]?.cohort.rawFeatures;
  if (!first) return undefined;
  const slides = parts.flatMap(({ cohort, cases }) => {
    return cohort.rawFeatures?.slides(new Set(cases.map(({ caseId }) => caseId))) ?? [];
  });
  const names = parts.map(({ cohort }) => cohort.name).join('+');
  const scaling = fitFeatures(first.names, slides, first.fill, names);
  return ({ rawFeatures }, one) => ({
    patches: rawFeatures ? () => rawFeatures.bag(one.caseId, scaling) : () => one.patches(),
  });
}
