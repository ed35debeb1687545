import { relative, resolve } from 'node:path';
import { initBackend } from '@concord/nn';
import { findBackbone, loadBackbone } from '../backbones/discover.js';
import { commandLine } from '../commands/commandLine.js';
import type { CommandContext, ExitCode } from '../commands/context.js';
import { stopOnSignal } from '../commands/interrupt.js';
import { studyFlagsOf, type StudyFlags } from '../commands/studyFlags.js';
import { listed, syntheticOptions } from '../commands/trainFlags.js';
import { gridOf } from '../crosscancer/gridOf.js';
import { isPeer, PEER_READS, type GridOptions } from '../crosscancer/gridOptions.js';
import { gridProgress } from '../crosscancer/gridProgress.js';
import { studyOf } from '../crosscancer/studyFile.js';
import { lockFolder } from '../files/folderLock.js';
import { ownEnvironment } from '../parity/environment.js';
import { loadCohorts } from '../train/loadCohorts.js';
import { requireDrawable } from '../train/requireDrawable.js';
import { STOP_WORDS } from '../train/train-action.js';
import { askedCells } from './askedCells.js';
import { inputsHash } from './cellInputs.js';
import { cellName } from './cellName.js';
import type { CellLimits, FailedCell, GridEngine, GridListener } from './engine.js';
import { GridFolder } from './gridFolder.js';
import { planStudy, type StalePolicy } from './planStudy.js';
import { RunningBoard } from './runningBoard.js';

/** How a study is run, beside what it is. */
export interface StudyRun {
  readonly engine: GridEngine;
  /** `concord grid run`, for whoever finds the folder locked. */
  readonly name: string;
  readonly limits: CellLimits;
  readonly retries: number;
  readonly stale: StalePolicy;
  /** Begin cells anew that the trainer refused before. */
  readonly again: boolean;
}

/** Run the missing cells of a study, and report. @throws Error when it could not begin. */
export async function runStudy(flags: StudyFlags, context: CommandContext, run: StudyRun): Promise<ExitCode> {
  const { cwd, err } = context;
  const folder = new GridFolder(resolve(cwd, flags.out));
  const note = (text: string) => void err.write(`${text}\n`);
  const lock = lockFolder(folder.study, run.name);
  const { signal, release } = stopOnSignal((text) => err.write(text), STOP_WORDS);
  try {
    const backend = await initBackend();
    const places = { cohorts: listed(flags.cohort), cwd, synthetic: syntheticOptions(flags) };
    const cohorts = await loadCohorts(places);
    requireDrawable(cohorts, flags.patches);
    const options = await gridOf(flags, context, cohorts, places);
    const environment = await ownEnvironment(backend);
    const study = studyOf(options, cohorts, commandLine(), environment, await readsPatches(options));
    for (const text of study.notes) note(text);
    const cells = await askedCells(options, cohorts);
    for (const cohort of cohorts) cohort.close();
    const keep = flags.keep ?? false;
    const asked = { flags: studyFlagsOf(flags), cwd };
    const plan = planStudy(folder, study, asked, cells, run.stale, run.again);
    const { missing, failedBefore } = plan;
    for (const text of plan.notes) note(text);
    const doneBefore = cells.length - missing.length - failedBefore.length;
    note(`${cells.length} cells, ${doneBefore} of them done`);
    if (failedBefore.length > 0)
      note(
        `${failedBefore.length} failed before with the same inputs and are left out; concord grid retry begins them anew`,
      );
    const { done, failed, interrupted } = await run.engine.run(missing, {
      setting: { ...places, folder: folder.study, keep, embeddingSeed: options.seeds[0]! },
      ...{ limits: run.limits, retries: run.retries, signal, note },
      hear: listener(folder, missing.length, note),
    });
    for (const one of failed) note(reasonOf(one));
    const left = missing.length - done + failedBefore.length;
    if (interrupted)
      note(`stopped with ${left} cells left. Go on with the same command:\n  ${study.command}`);
    await context.out(`${cells.length - left} of ${cells.length} cells in ${flags.out}\n`);
    if (interrupted || left === cells.length) return left === 0 ? 0 : 2;
    const { text, differs } = await reported(folder.study, cwd);
    await context.out(text);
    return left > 0 ? 2 : differs ? 1 : 0;
  } finally {
    release();
    lock.release();
  }
}

/** What happens to cells, kept on disk and told. */
function listener(folder: GridFolder, total: number, note: (text: string) => void): GridListener {
  const board = new RunningBoard(folder);
  const progress = gridProgress(total, note);
  return {
    started: (cell, where) => board.begin(cell, where),
    step: (cell, steps) => board.step(cell, steps),
    left: (cell) => board.end(cell),
    done(cell, result) {
      board.end(cell);
      folder.forgetFailure(cell.folder);
      progress(cell, result);
    },
    failed({ cell, kind, reason, attempts }) {
      board.end(cell);
      folder.writeFailure(cell.folder, { kind, reason, attempts, inputs: inputsHash(cell.inputs) });
    },
  };
}

/** Whether any model of the grid does. */
async function readsPatches({ cwd, backbones }: GridOptions): Promise<boolean> {
  const reads = backbones.map(async (name) =>
    isPeer(name) ? PEER_READS[name] : (await loadBackbone(findBackbone(cwd, name))).reads,
  );
  return (await Promise.all(reads)).some(({ patches }) => patches);
}

function reasonOf({ cell, reason }: FailedCell): string {
  return `not computed: ${cellName(cell)}: ${reason}`;
}

/** Write the report of what is there. @returns what it says, and whether both stacks differ anywhere. */
async function reported(folder: string, cwd: string): Promise<{ text: string; differs: boolean }> {
  const { writeReport } = await import('../crosscancer/report/run.js');
  const { report, text, files } = writeReport(folder);
  return {
    text: `\n${text}${files.map((file) => `wrote ${relative(cwd, file)}\n`).join('')}`,
    differs: report.agreement.some(({ agrees }) => !agrees),
  };
}
