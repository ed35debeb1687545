import { chooseNames } from '../commands/arguments.js';
import type { CommandContext } from '../commands/context.js';
import type { StudyFlags } from '../commands/studyFlags.js';
import { listed, trainingChoice } from '../commands/trainFlags.js';
import type { CohortOptions } from '../train/loadCohorts.js';
import type { StudyCohort } from '../train/studyCohort.js';
import { PEERS, type GridOptions } from './gridOptions.js';

/** The grid that flags ask for. @throws Error naming an option that does not fit the cohorts, and what is allowed. */
export async function gridOf(
  flags: StudyFlags,
  { cwd, load }: CommandContext,
  cohorts: readonly StudyCohort[],
  places: CohortOptions,
): Promise<GridOptions> {
  const inventory = await load.inventory();
  const names = cohorts.map(({ name }) => name);
  const { seeds, folds, fold, scaling, stack } = flags;
  const beyond = fold.find((one) => one >= folds);
  if (beyond !== undefined)
    throw new Error(`--fold ${beyond}: there are ${folds} folds, from 0 to ${folds - 1}`);
  const sources = listed(flags.source ?? names.join());
  for (const source of sources) chooseNames('--source', source.replaceAll('+', ','), names);
  return {
    ...places,
    ...{ sources, seeds, folds, heldOut: fold, scaling, stack },
    targets: chooseNames('--target', flags.target ?? 'all', names),
    backbones: chooseNames('--backbone', flags.backbone, [...inventory.backbones(cwd), ...PEERS]),
    modules: chooseNames('--module', flags.module, inventory.modules),
    training: trainingChoice(flags),
  };
}
