import { DataError } from '@concord/data';
import type { StudyCohort } from './studyCohort.js';

/**
 * Patches may be drawn from a bag, named features may not: each case would be described by other ones.
 *
 * @param patches of a case; undefined where all are read.
 * @throws DataError naming a cohort whose tokens are features.
 */
export function requireDrawable(
  cohorts: readonly Pick<StudyCohort, 'name' | 'namedTokens' | 'histology'>[],
  patches: number | undefined,
): void {
  const named = cohorts.find(({ namedTokens }) => namedTokens);
  if (patches === undefined || !named) return;
  throw new DataError(
    named.name,
    `the tokens of ${named.histology} are named features, of which none can be left out; leave out --patches ${patches}`,
  );
}
