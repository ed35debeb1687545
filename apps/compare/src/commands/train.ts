import { Option, type Command } from 'commander';
import { existingFile, wholeNumber } from './arguments.js';
import type { CommandContext, Finish } from './context.js';
import { addTrainFlags, type TrainFlags } from './trainFlags.js';

/** The options of `concord train`, each value valid by itself. */
export interface TrainCommandFlags extends TrainFlags {
  readonly cohort: string;
  readonly target?: string;
  readonly split?: string;
  readonly folds: number;
  readonly fold: number;
  readonly backbone: string;
  readonly module: string;
  readonly seed: number;
  readonly patience?: number;
  readonly patienceBy: 'loss' | 'cindex';
  readonly every?: number;
  readonly out?: string;
  readonly resume?: boolean;
  readonly json?: boolean;
}

const HELP = `
Ctrl-C finishes the step, saves, and says how to go on; pressed again it leaves at once. A run that was killed goes
on in the same way, from its last checkpoint, to the same bits.

Exit codes:
  0  trained      1  --stack both: the stacks differ      2  it could not run, or was interrupted

Examples:
  $ concord train --epochs 5                                     an embedded cohort
  $ concord train --cohort brca.yaml --target stad.yaml --split splits_0.csv --backbone mcat --out run
  $ concord train --cohort blca,brca --target stad --stack both --epochs 3 --out run
  $ concord train --cohort blca,brca --target stad --stack both --epochs 3 --out run --resume
`;

/** `concord train`: one model, trained and judged. */
export function addTrain(program: Command, context: CommandContext, finish: Finish): void {
  const command = program
    .command('train')
    .summary('train one model in either stack')
    .description(
      'Train a backbone with a module on a cohort, or several, by the published protocol or another one, and judge ' +
        'it on the held-out cases and on other cohorts. Writes config.json, metrics.csv, event files for TensorBoard, ' +
        'checkpoints, risks.csv and, last of all, result.json.',
    )
    .option('--cohort <list>', 'who trains: embedded cohorts or cohort files, separated by commas', 'blca')
    .option('--target <list>', 'cohorts that the model is judged on')
    .option('--split <file>', 'columns train and val, instead of folds', existingFile)
    .option('--folds <n>', 'folds of the training cohort', wholeNumber(2, 100), 5)
    .option('--fold <n>', 'which one is held out, from 0', wholeNumber(0, 99), 0)
    .option('--backbone <name>', 'see concord list', 'survpath')
    .option('--module <name>', 'variant of the modules, see concord list', 'plain')
    .option('--seed <n>', 'of weights, order, draws and folds', wholeNumber(0, 2 ** 32 - 1), 7)
    .option(
      '--patience <n>',
      'stop after so many epochs without improvement on the held-out cases',
      wholeNumber(1, 10_000),
    )
    .addOption(
      new Option('--patience-by <what>', 'what has to improve').choices(['loss', 'cindex']).default('loss'),
    )
    .option(
      '--every <n>',
      'steps between checkpoints, beside one after each epoch',
      wholeNumber(1, 1_000_000),
    )
    .option('--out <folder>', 'where everything goes; default: a new folder in reports/train')
    .option('--resume', 'go on from the last checkpoint in that folder')
    .option('--json', 'the result as JSON on standard output, nothing else');
  addTrainFlags(command, { epochs: 20, cases: 60 })
    .addHelpText('after', HELP)
    .action(async (flags: TrainCommandFlags) => {
      const { runTrainCommand } = await import('../train/train-action.js');
      finish(await runTrainCommand(flags, context));
    });
}
