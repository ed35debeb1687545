import { Option, type Command } from 'commander';
import type { SyntheticOptions } from '@concord/data';
import type { ProtocolChanges, StackName, TrainingChoice } from '../train/cellSpec.js';
import type { ScalingBy } from '../train/scaleGenes.js';
import { positiveNumber, wholeNumber } from './arguments.js';

/** The options that `train` and `crosscancer` have in common. */
export interface TrainFlags {
  readonly epochs: number;
  readonly lr?: number;
  readonly weightDecay?: number;
  readonly batch?: number;
  readonly accumulate?: number;
  readonly sampling: 'weighted' | 'uniform';
  readonly schedule: 'constant' | 'cosine';
  readonly warmUp: number;
  readonly patches?: number;
  readonly scaling: ScalingBy;
  readonly stack: StackName;
  readonly cases: number;
  readonly shift: number;
  readonly geneSignal: number;
  readonly patchSignal: number;
  readonly dataSeed: number;
}

const fromZero = (text: string): number => (Number(text) === 0 ? 0 : positiveNumber(text));

/** Add them to a command. */
export function addTrainFlags(
  command: Command,
  defaults: { readonly epochs: number; readonly cases: number },
): Command {
  return command
    .option('--epochs <n>', 'epochs of training', wholeNumber(1, 10_000), defaults.epochs)
    .option('--lr <x>', "learning rate, instead of the published protocol's", positiveNumber)
    .option('--weight-decay <x>', "weight decay, instead of the protocol's", fromZero)
    .option('--batch <n>', "cases of a loss, instead of the protocol's", wholeNumber(1, 1024))
    .option('--accumulate <n>', "losses of a step, instead of the protocol's", wholeNumber(1, 1024))
    .addOption(
      new Option(
        '--sampling <how>',
        'cases of an epoch: by class with replacement, as published, or each once',
      )
        .choices(['weighted', 'uniform'])
        .default('weighted'),
    )
    .addOption(
      new Option('--schedule <name>', 'of the learning rate')
        .choices(['constant', 'cosine'])
        .default('constant'),
    )
    .option('--warm-up <share>', 'share of the steps in which the rate of the cosine rises', fromZero, 0.05)
    .option('--patches <n>', 'patches of a case, drawn anew in each epoch', wholeNumber(1, 1_000_000))
    .addOption(
      new Option(
        '--scaling <by>',
        "genes of another cohort are scaled by the source's numbers, or each cohort by its own",
      )
        .choices(['source', 'cohort'])
        .default('source'),
    )
    .addOption(new Option('--stack <which>', 'who computes').choices(['ts', 'torch', 'both']).default('ts'))
    .option('--cases <n>', 'cases of each embedded cohort', wholeNumber(10, 100_000), defaults.cases)
    .option('--shift <x>', 'how far embedded cohorts lie apart, in standard deviations', fromZero, 0.4)
    .option('--gene-signal <x>', 'how strongly the planted risk shows in genes', fromZero, 1)
    .option('--patch-signal <x>', 'how strongly it shows in patches', fromZero, 1)
    .option('--data-seed <n>', 'seed of the embedded cohorts', wholeNumber(0, 2 ** 32 - 1), 7);
}

/** How a model is trained, as the options say. */
export function trainingChoice(flags: TrainFlags): TrainingChoice {
  const { epochs, sampling, schedule, warmUp, patches, lr, weightDecay, batch, accumulate } = flags;
  const changes: ProtocolChanges = {
    ...(lr !== undefined && { lr }),
    ...(weightDecay !== undefined && { weightDecay }),
    ...(batch !== undefined && { batch }),
    ...(accumulate !== undefined && { accumulate }),
  };
  return {
    ...{ epochs, sampling, changes },
    schedule: schedule === 'cosine' ? { name: 'cosine', warmUp, floor: 0 } : { name: 'constant' },
    ...(patches !== undefined && { patches }),
  };
}

/** Sizes of embedded cohorts, as the options say. */
export function syntheticOptions({
  cases,
  shift,
  geneSignal,
  patchSignal,
  dataSeed,
}: TrainFlags): SyntheticOptions {
  return { cases, shift, geneSignal, patchSignal, seed: dataSeed };
}

/** Names or paths, separated by commas. */
export function listed(text: string): string[] {
  return [...new Set(text.split(',').map((part) => part.trim()))].filter((part) => part !== '');
}
