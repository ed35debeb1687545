import { Option, type Command } from 'commander';
import { existingFolder, wholeNumber } from './arguments.js';
import type { CommandContext, Finish } from './context.js';

/** The options of `concord explain`, each value valid by itself. */
export interface ExplainFlags {
  readonly cohort?: string;
  readonly part?: 'test' | 'validation';
  readonly retrain?: boolean;
  readonly data?: string;
  readonly resamples: number;
  readonly seed: number;
  readonly json?: string;
  readonly report?: string;
  readonly markdown?: string;
}

const HELP = `
A and B are folders: of concord train, a cell of a study, or anybody's with risks.csv (columns case, risk, months, event).

What the risks allow is computed: other cases, other outcomes of the same cases, turned flags, other risks, folds,
measure. What would need another training is named, with the command; --retrain runs it. Up to three differences are
trained in every combination, more of them each alone from either end.

  share        what a difference moves: the mean over all orders in which the differences can be made; shares add up
  alone        what it moves when it alone is taken over from B
  taken back   what it moves when it alone is made as in A again, at the end

Exit codes:
  0  nothing differs, or what differs is explained
  1  something remains: a reported figure that its own risks do not give, other risks and no word of why, above noise,
     or too few common cases to tell cases from model
  2  it could not run

Examples:
  $ concord explain reports/train/a reports/train/b
  $ concord explain reports/train/a reports/train/b --retrain
  $ concord explain reports/train/a downloads/theirs --cohort blca --report why.html
`;

/** `concord explain`: why the C-index of one run is not the other's. */
export function addExplain(program: Command, context: CommandContext, finish: Finish): void {
  program
    .command('explain')
    .summary('why two C-indices differ')
    .description(
      'Lay two runs side by side, find what differs, and compute how much of the difference of their C-indices each ' +
        'difference makes.',
    )
    .argument('<a>', 'folder of a run', existingFolder)
    .argument('<b>', 'folder of another one', existingFolder)
    .option('--cohort <name>', 'whose cases, where a run judges several cohorts')
    .addOption(
      new Option('--part <name>', 'which cases; by default test, where there are none validation').choices([
        'test',
        'validation',
      ]),
    )
    .option('--retrain', 'train what lies between two runs of this program, on the same data')
    .option('--data <list>', 'with --retrain: the cohort files, where the cohorts are not embedded ones')
    .option('--resamples <n>', 'resamples of the cases, for intervals', wholeNumber(100, 100_000), 1000)
    .option('--seed <n>', 'seed of the resamples', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--json <file>', 'where the explanation goes as JSON; - is standard output')
    .option('--report <file>', 'where it goes as HTML')
    .option('--markdown <file>', 'where it goes as Markdown')
    .addHelpText('after', HELP)
    .action(async (a: string, b: string, flags: ExplainFlags) => {
      const { runExplainCommand } = await import('./explain-action.js');
      finish(await runExplainCommand([a, b], flags, context));
    });
}
