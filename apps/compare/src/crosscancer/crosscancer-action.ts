import { relative, resolve } from 'node:path';
import { initBackend } from '@concord/nn';
import { findBackbone, loadBackbone } from '../backbones/discover.js';
import { chooseNames } from '../commands/arguments.js';
import { commandLine } from '../commands/commandLine.js';
import type { CommandContext, ExitCode } from '../commands/context.js';
import type { CrosscancerFlags } from '../commands/crosscancer.js';
import { stopOnSignal } from '../commands/interrupt.js';
import { listed, syntheticOptions, trainingChoice } from '../commands/trainFlags.js';
import { lockFolder } from '../files/folderLock.js';
import { ownEnvironment } from '../parity/environment.js';
import { loadCohorts } from '../train/loadCohorts.js';
import type { StudyCohort } from '../train/studyCohort.js';
import { STOP_WORDS } from '../train/train-action.js';
import { gridCells } from './cells.js';
import { missingCells } from './doneCells.js';
import { isPeer, PEERS, type GridOptions } from './gridOptions.js';
import { gridProgress } from './gridProgress.js';
import { runGrid, type FailedCell } from './runGrid.js';
import { studyOf, writeStudy } from './studyFile.js';

/** Run the missing cells of a study. @throws Error when it could not begin. */
export async function runCrosscancer(flags: CrosscancerFlags, context: CommandContext): Promise<ExitCode> {
  const folder = resolve(context.cwd, flags.out);
  const lock = lockFolder(folder, 'concord crosscancer');
  try {
    return await runMissing(flags, context, folder);
  } finally {
    lock.release();
  }
}

async function runMissing(
  flags: CrosscancerFlags,
  context: CommandContext,
  folder: string,
): Promise<ExitCode> {
  const { cwd, err } = context;
  const note = (text: string) => void err.write(`${text}\n`);
  const backend = await initBackend();
  const places = { cohorts: listed(flags.cohort), cwd, synthetic: syntheticOptions(flags) };
  const cohorts = await loadCohorts(places);
  const grid = await gridOf(flags, context, cohorts, places);
  const environment = await ownEnvironment(backend);
  const study = studyOf(grid, cohorts, commandLine(), environment, await readsPatches(grid));
  for (const text of study.notes) note(text);
  writeStudy(folder, study);
  const cells = gridCells(grid);
  const missing = await missingCells(folder, cells, grid, cohorts);
  for (const cohort of cohorts) cohort.close();
  note(`${cells.length} cells, ${cells.length - missing.length} of them done`);
  const { signal, release } = stopOnSignal((text) => err.write(text), STOP_WORDS);
  try {
    const { done, failed, interrupted } = await runGrid(missing, {
      ...{ jobs: flags.jobs, signal, note },
      setting: { ...places, folder, keep: flags.keep ?? false, embeddingSeed: grid.seeds[0]! },
      onResult: gridProgress(missing.length, note),
    });
    for (const one of failed) note(reasonOf(one));
    const left = missing.length - done;
    if (interrupted)
      note(`stopped with ${left} cells left. Go on with the same command:\n  ${study.command}`);
    await context.out(`${cells.length - left} of ${cells.length} cells in ${flags.out}\n`);
    if (interrupted || left === cells.length) return left === 0 ? 0 : 2;
    const { text, differs } = await reported(folder, cwd);
    await context.out(text);
    return left > 0 ? 2 : differs ? 1 : 0;
  } finally {
    release();
  }
}

/** Whether any backbone of the grid does; peers never do. */
async function readsPatches({ cwd, backbones }: GridOptions): Promise<boolean> {
  const deep = backbones.filter((name) => !isPeer(name));
  const loaded = await Promise.all(deep.map((name) => loadBackbone(findBackbone(cwd, name))));
  return loaded.some(({ reads }) => reads.patches);
}

async function gridOf(
  flags: CrosscancerFlags,
  { cwd, load }: CommandContext,
  cohorts: readonly StudyCohort[],
  places: Pick<GridOptions, 'cohorts' | 'cwd' | 'synthetic'>,
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

function reasonOf({ cell, reason }: FailedCell): string {
  const { backbone, module, sources, seed } = cell.spec;
  return `not computed: ${backbone} × ${module} on ${sources.join('+')}, seed ${seed}: ${reason}`;
}

/** Write the report of what is there. @returns what it says, and whether both stacks differ anywhere. */
async function reported(folder: string, cwd: string): Promise<{ text: string; differs: boolean }> {
  const { writeReport } = await import('./report/run.js');
  const { report, text, files } = writeReport(folder);
  return {
    text: `\n${text}${files.map((file) => `wrote ${relative(cwd, file)}\n`).join('')}`,
    differs: report.agreement.some(({ agrees }) => !agrees),
  };
}
