import type { InputShape, Modalities } from '@concord/backbone';
import type { CohortCase } from '@concord/data';
import type { SurvivalLabel } from '@concord/nn';
import { TrainingError } from './trainingError.js';

/** A case with the cohort that it comes from; a set may hold cases of several. */
export interface TrainingCase extends CohortCase {
  readonly cohort: string;
}

/** What a model is trained on. */
export interface TrainingSet {
  readonly shape: InputShape;
  readonly cases: readonly TrainingCase[];
}

/** A case's outcome as losses take it. */
export function labelOf({ bin, event, timeMonths }: CohortCase): SurvivalLabel {
  return { bin, censored: event ? 0 : 1, months: timeMonths };
}

/**
 * Look at a set before any step is taken.
 *
 * @param reads what the model needs of a case.
 * @throws TrainingError for no cases, no event, a case twice, or a case without one of the modalities.
 */
export function requireTrainable({ shape, cases }: TrainingSet, reads: Modalities): void {
  if (cases.length === 0) throw new TrainingError('training: there are no cases');
  const cohorts = [...new Set(cases.map(({ cohort }) => cohort))].join(', ');
  if (!cases.some(({ event }) => event)) {
    throw new TrainingError(
      `training: all ${cases.length} cases of ${cohorts} are censored; a survival model learns from events`,
    );
  }
  const seen = new Set<string>();
  for (const { cohort, caseId } of cases) {
    const id = `${cohort}/${caseId}`;
    if (seen.has(id)) throw new TrainingError(`training: ${caseId} of ${cohort} occurs twice`);
    seen.add(id);
  }
  requireModalities(shape, cases, reads);
}

/** @throws TrainingError naming the first case that lacks what the model reads, and how many do. */
export function requireModalities(
  { pathways }: Pick<InputShape, 'pathways'>,
  cases: readonly TrainingCase[],
  { genes, patches }: Modalities,
): void {
  const width = pathways.reduce((sum, { length }) => sum + length, 0);
  const lacking = (what: string, lacks: (one: TrainingCase) => boolean) => {
    const some = cases.filter(lacks);
    if (some.length === 0) return;
    const { cohort, caseId } = some[0]!;
    throw new TrainingError(
      `${caseId} of ${cohort} has no ${what}, which the model reads, as have ${some.length - 1} other cases; ` +
        'leave them out, or choose a backbone that does without',
    );
  };
  if (genes) lacking(`expression of ${width} genes`, (one) => one.genes.length !== width);
  if (patches) lacking('patches', (one) => one.patchCount < 1);
}
