import { COHORTS } from './cohort.js';
import { listSurvpathCohorts } from './survpathTables.js';

/** A cohort that can be used, or why it cannot. */
export interface CohortFound {
  readonly name: string;
  /** Folder, or `embedded`. */
  readonly source: string;
  readonly synthetic: boolean;
  readonly missing?: string;
}

/** The embedded cohorts and, with a folder of tables, those in it. */
export function listCohorts(folder?: string): CohortFound[] {
  const embedded = COHORTS.map((name) => ({ name, source: 'embedded', synthetic: true }));
  if (!folder) return embedded;
  const real = listSurvpathCohorts(folder).map((found) => ({ ...found, source: folder, synthetic: false }));
  return [...real, ...embedded];
}
