import { concordance, SurvivalError } from '@concord/survival';
import type { Passes } from './passes.js';
import type { Judgement, TrainingStack } from './stack.js';
import { TrainingError } from './trainingError.js';
import type { TrainingCase } from './trainingSet.js';

/** A case with what the model says of it. */
export interface JudgedCase extends Judgement {
  readonly one: TrainingCase;
}

/**
 * Ask a stack about every case.
 *
 * @param withEmbedding see TrainingStack.evaluate.
 * @throws TrainingError naming a case whose risk is not finite.
 */
export async function judgeCases(
  stack: TrainingStack,
  passes: Passes,
  cases: readonly TrainingCase[],
  withEmbedding = false,
): Promise<JudgedCase[]> {
  const judged: JudgedCase[] = [];
  for (const one of cases) {
    const said = await stack.evaluate(await passes.evaluation(one), withEmbedding);
    if (!Number.isFinite(said.risk)) {
      throw new TrainingError(
        `the risk of ${one.caseId} of ${one.cohort} is ${said.risk}; look at the features of that case`,
      );
    }
    judged.push({ one, ...said });
  }
  return judged;
}

/**
 * Harrell's C of judged cases, ties as scikit-survival's.
 *
 * @throws SurvivalError as `concordance`.
 */
export function concordanceOf(
  cases: readonly { readonly one: Pick<TrainingCase, 'timeMonths' | 'event'>; readonly risk: number }[],
): number {
  const followUp = {
    times: cases.map(({ one }) => one.timeMonths),
    events: cases.map(({ one }) => one.event),
  };
  return concordance(
    followUp,
    cases.map(({ risk }) => risk),
  ).c;
}

/** The same, or NaN where no pair is comparable: a validation set may be small. */
export function concordanceOrNaN(cases: Parameters<typeof concordanceOf>[0]): number {
  try {
    return concordanceOf(cases);
  } catch (error) {
    if (error instanceof SurvivalError) return NaN;
    throw error;
  }
}
