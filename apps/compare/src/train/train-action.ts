import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readSplit, readTable } from '@concord/data';
import { listCheckpoints, type Agreement, type TrainingEvent } from '@concord/training';
import { chooseNames } from '../commands/arguments.js';
import { commandLine } from '../commands/commandLine.js';
import type { CommandContext, ExitCode } from '../commands/context.js';
import { stopOnSignal } from '../commands/interrupt.js';
import type { TrainCommandFlags } from '../commands/train.js';
import { listed, syntheticOptions, trainingChoice } from '../commands/trainFlags.js';
import type { CellSpec } from './cellSpec.js';
import type { CellResult } from './cellFiles.js';
import { loadCohorts } from './loadCohorts.js';
import { runCell } from './runCell.js';

/** Yardsticks that TypeScript may be away from PyTorch in float64. */
const FACTOR = 4;

/** What a person reads who presses Ctrl-C. */
export const STOP_WORDS = {
  stopping: 'finishing the step and saving; press again to leave at once.',
  stopped: 'saved',
};

/** Train as the command line asks. @throws Error when it could not run; a checkpoint stays for `--resume`. */
export async function runTrainCommand(flags: TrainCommandFlags, context: CommandContext): Promise<ExitCode> {
  const { cwd, err } = context;
  const folder = resolve(cwd, flags.out);
  requireFolder(folder, flags);
  const inventory = await context.load.inventory();
  const sources = listed(flags.cohort);
  const targets = listed(flags.target ?? '').filter((name) => !sources.includes(name));
  const [backbone] = chooseNames('--backbone', flags.backbone, inventory.backbones(cwd));
  const [module] = chooseNames('--module', flags.module, inventory.modules);
  const note = (text: string) => void err.write(`${text}\n`);
  const cohorts = await loadCohorts({
    ...{ cohorts: [...sources, ...targets], cwd, synthetic: syntheticOptions(flags) },
  });
  for (const text of new Set(cohorts.flatMap(({ notes }) => notes))) note(text);
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
  const { signal, release } = stopOnSignal((text) => err.write(text), STOP_WORDS);
  try {
    const { result, steps, agreement } = await runCell(spec, cohorts, {
      ...{ folder, cwd, signal, note, keep: true, tensorboard: true, embeddings: true },
      hear: heard(note),
      ...(flags.every !== undefined && { every: flags.every }),
    });
    if (!result) {
      note(`stopped after step ${steps}. Go on with:\n  ${commandLine('--resume')}`);
      return 2;
    }
    await context.out(
      flags.json ? `${JSON.stringify({ ...result, agreement }, null, 2)}\n` : told(result, agreement),
    );
    return agreement?.some(({ ratio }) => !(ratio <= FACTOR)) ? 1 : 0;
  } finally {
    release();
    for (const cohort of cohorts) cohort.close();
  }
}

function requireFolder(folder: string, { resume, out }: TrainCommandFlags): void {
  const begun = listCheckpoints(join(folder, 'checkpoints')).length > 0;
  if (resume && !begun && !existsSync(join(folder, 'config.json'))) {
    throw new Error(`--resume: ${out} holds no run; leave --resume out to start one`);
  }
  if (resume) return;
  if (existsSync(join(folder, 'result.json')) || begun) {
    throw new Error(`${out} holds a run already; --resume goes on with it, --out names another folder`);
  }
  rmSync(join(folder, 'metrics.csv'), { force: true });
}

function heard(note: (text: string) => void): (event: TrainingEvent) => void {
  let sum = { epoch: -1, loss: 0, steps: 0 };
  const say = (): void => {
    if (sum.steps > 0) note(`epoch ${sum.epoch + 1}: mean loss ${(sum.loss / sum.steps).toFixed(4)}`);
  };
  return (event) => {
    if (event.kind === 'step') {
      const { epoch, loss } = event;
      if (epoch !== sum.epoch) {
        say();
        sum = { epoch, loss: 0, steps: 0 };
      }
      sum = { epoch, loss: sum.loss + loss, steps: sum.steps + 1 };
    } else if (event.kind === 'validation') {
      note(
        `epoch ${event.epoch + 1}: held-out loss ${event.validationLoss.toFixed(4)}, ` +
          `C-index ${event.validationCindex.toFixed(3)}`,
      );
    } else if (event.kind === 'unsaved')
      note(`not saved: ${event.reason}; the last checkpoint is where it goes on`);
    else if (event.kind === 'stopped' && event.reason === 'early') note('no further improvement: stopped');
  };
}

function told(result: CellResult, agreement: readonly Agreement[] | undefined): string {
  const { backbone, module, source, steps, seconds, parameters, targets } = result;
  return [
    `${backbone} × ${module}, trained on ${source}: ${steps} steps, ${parameters} parameters, ${seconds.toFixed(1)} s`,
    ...targets.map(
      ({ cohort, role, cases, events, cindex }) =>
        `  ${cohort} (${role}): C-index ${cindex.toFixed(3)}, ${cases} cases, ${events} events`,
    ),
    ...(agreement ?? []).map(
      ({ quantity, count, error, yardstick, ratio }) =>
        `  both stacks, ${count} ${quantity}: ${error.toExponential(1)} from float64, ` +
        `PyTorch's float32 ${yardstick.toExponential(1)}; ratio ${ratio.toFixed(2)}, ` +
        (ratio <= FACTOR ? 'SAME' : 'DIFFERS'),
    ),
    '',
  ].join('\n');
}
