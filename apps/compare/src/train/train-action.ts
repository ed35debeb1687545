import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { readSplit, readTable } from '@concord/data';
import { listCheckpoints, type TrainingEvent } from '@concord/training';
import { chooseNames } from '../commands/arguments.js';
import { commandLine } from '../commands/commandLine.js';
import type { CommandContext, ExitCode } from '../commands/context.js';
import { stopOnSignal } from '../commands/interrupt.js';
import type { TrainCommandFlags } from '../commands/train.js';
import { listed, syntheticOptions, trainingChoice } from '../commands/trainFlags.js';
import { makeRunFolder } from '../files/run-folder.js';
import { agreementLines, agrees } from './cellAgreement.js';
import type { CellSpec } from './cellSpec.js';
import type { CellResult } from './cellFiles.js';
import { loadCohorts } from './loadCohorts.js';
import { requireDrawable } from './requireDrawable.js';
import { runCell } from './runCell.js';

/** What a person reads who presses Ctrl-C. */
export const STOP_WORDS = {
  stopping: 'finishing the step and saving; press again to leave at once.',
  stopped: 'saved',
};

/** Train as the command line asks. @throws Error when it could not run; a checkpoint stays for `--resume`. */
export async function runTrainCommand(flags: TrainCommandFlags, context: CommandContext): Promise<ExitCode> {
  const { cwd, err } = context;
  if (flags.out) requireRun(resolve(cwd, flags.out), flags);
  else if (flags.resume) throw new Error('--resume: name the folder of the run with --out');
  const inventory = await context.load.inventory();
  const sources = listed(flags.cohort);
  const asked = listed(flags.target ?? '');
  const targets = asked.filter((name) => !sources.includes(name));
  const [backbone] = chooseNames('--backbone', flags.backbone, inventory.backbones(cwd));
  const [module] = chooseNames('--module', flags.module, inventory.modules);
  const note = (text: string) => void err.write(`${text}\n`);
  for (const name of asked.filter((one) => sources.includes(one)))
    note(`--target ${name}: it trains, and is judged on its held-out cases alone`);
  const cohorts = await loadCohorts({
    ...{ cohorts: [...sources, ...targets], cwd, synthetic: syntheticOptions(flags) },
  });
  for (const text of new Set(cohorts.flatMap(({ notes }) => notes))) note(text);
  requireDrawable(cohorts, flags.patches);
  const names = cohorts.map(({ name }) => name);
  const { folds, fold, seed, stack, patience, patienceBy, scaling } = flags;
  const spec: CellSpec = {
    ...{ backbone: backbone!, module: module!, stack, seed, scaling },
    sources: names.slice(0, sources.length),
    targets: names.slice(sources.length),
    split: flags.split ? readSplit(readTable(resolve(cwd, flags.split))) : { fold, folds, seed },
    training: {
      ...trainingChoice(flags),
      ...(patience !== undefined && { stop: { patience, by: patienceBy } }),
    },
  };
  const folder = flags.out
    ? resolve(cwd, flags.out)
    : makeRunFolder(join(cwd, 'reports', 'train'), new Date());
  const shown = relative(cwd, folder);
  const { signal, release } = stopOnSignal((text) => err.write(text), STOP_WORDS);
  try {
    const { result, steps } = await runCell(spec, cohorts, {
      ...{ folder, cwd, signal, note, keep: true, tensorboard: true, embeddings: true, patience: 0 },
      hear: heard(note),
      ...(flags.every !== undefined && { every: flags.every }),
    });
    if (!result) {
      note(
        `stopped after step ${steps}. Go on with:\n  ${commandLine(...(flags.out ? [] : ['--out', shown]), '--resume')}`,
      );
      return 2;
    }
    await context.out(flags.json ? `${JSON.stringify(result, null, 2)}\n` : told(result, shown));
    return result.agreement && !agrees(result.agreement) ? 1 : 0;
  } finally {
    release();
    for (const cohort of cohorts) cohort.close();
  }
}

/** @throws Error if a folder holds a run and none is to go on, or the other way round. */
function requireRun(folder: string, { resume, out }: TrainCommandFlags): void {
  const begun = listCheckpoints(join(folder, 'checkpoints')).length > 0;
  if (resume && !begun && !existsSync(join(folder, 'config.json'))) {
    throw new Error(`--resume: ${out} holds no run; leave --resume out to start one`);
  }
  if (resume) return;
  if (existsSync(join(folder, 'result.json')) || begun) {
    throw new Error(`${out} holds a run already; --resume goes on with it, --out names another folder`);
  }
}

/** A line an epoch. */
function heard(note: (text: string) => void): (event: TrainingEvent) => void {
  let losses: number[] = [];
  return (event) => {
    if (event.kind === 'step') losses.push(event.loss);
    if (event.kind === 'validation') {
      const { epoch, validationLoss, validationCindex } = event;
      const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
      losses = [];
      note(
        `epoch ${epoch + 1}: loss ${mean.toFixed(4)}, held out ${validationLoss.toFixed(4)}, ` +
          `C-index ${validationCindex.toFixed(3)}`,
      );
    }
    if (event.kind === 'unsaved') note(`not saved: ${event.reason}; the last checkpoint is where it goes on`);
    if (event.kind === 'stopped' && event.reason === 'early') note('no further improvement: stopped');
  };
}

function told(result: CellResult, folder: string): string {
  const { backbone, module, source, steps, seconds, parameters, targets, agreement } = result;
  return [
    `${backbone} × ${module}, trained on ${source}: ${steps} steps, ${parameters} parameters, ${seconds.toFixed(1)} s`,
    ...targets.map(
      ({ cohort, role, cases, events, cindex, interval }) =>
        `  ${cohort} (${role}): C-index ${cindex?.toFixed(3) ?? 'none'}` +
        `${interval ? ` (${interval.map((bound) => bound.toFixed(3)).join(' to ')})` : ''}, ${cases} cases, ${events} events`,
    ),
    ...(agreement ? agreementLines(agreement).map((line) => `  ${line}`) : []),
    `  in ${folder}`,
    '',
  ].join('\n');
}
