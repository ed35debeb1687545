import {
  COHORTS,
  syntheticCohort,
  writeFeatureLayouts,
  writeSynthetic,
  writeTableLayouts,
  type SyntheticOptions,
} from '@concord/data';
import { chooseNames } from '../commands/arguments.js';

/** Write the chosen synthetic cohorts; `say` hears of each. */
export async function synthesise(
  folder: string,
  cohorts: string,
  options: SyntheticOptions,
  layouts: 'survpath' | 'all',
  say: (line: string) => Promise<void>,
): Promise<void> {
  for (const name of chooseNames('--cohort', cohorts, COHORTS)) {
    const cohort = syntheticCohort(name, options);
    await writeSynthetic(folder, cohort);
    if (layouts === 'all') {
      await writeTableLayouts(folder, cohort);
      await writeFeatureLayouts(folder, cohort);
    }
    await say(`${name}: ${cohort.cases.length} synthetic cases; ${name}.yaml puts them together`);
  }
}
