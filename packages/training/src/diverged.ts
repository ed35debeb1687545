import type { Step } from './stack.js';
import { DivergedError } from './trainingError.js';

/** @throws DivergedError if the loss of a batch is not finite, naming step, cases and what helps. */
export function requireFinite({ number, batches }: Step, losses: readonly number[]): void {
  const at = losses.findIndex((loss) => !Number.isFinite(loss));
  if (at < 0) return;
  const cases = batches[at]!.map(({ one }) => `${one.caseId} of ${one.cohort}`);
  throw new DivergedError(
    `the loss is ${losses[at]} in step ${number + 1}, at ${cases.join(', ')}; no weight was changed by that step. ` +
      'Look at the features of that case, or lower the learning rate',
  );
}
