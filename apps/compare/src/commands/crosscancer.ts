import type { Command } from 'commander';
import { wholeNumber, wholeNumbers } from './arguments.js';
import type { CommandContext, Finish } from './context.js';
import { addCrosscancerReport } from './crosscancerReport.js';
import { addTrainFlags, type TrainFlags } from './trainFlags.js';

/** The options of `concord crosscancer`, each value valid by itself. */
export interface CrosscancerFlags extends TrainFlags {
  readonly cohort: string;
  readonly source?: string;
  readonly target?: string;
  readonly backbone: string;
  readonly module: string;
  readonly seeds: number[];
  readonly folds: number;
  readonly fold: number[];
  readonly jobs: number;
  readonly keep?: boolean;
  readonly out: string;
}

const HELP = `
Every cell of the grid (source × backbone × module × seed × fold) trains once and is judged on its held-out fold and
on all cases of every other cohort. Results lie in the folder as they come: a study that was killed or interrupted
goes on where it was when the same command is given again, and more seeds, backbones and modules can be added to it.

Peers stand as backbones: ridge-cox, random-survival-forest, stage-age.

Exit codes:
  0  every cell has its result      1  --stack both: the stacks differ in one
  2  it could not run, was interrupted, or cells failed

Examples:
  $ concord crosscancer                                             embedded cohorts, 4 × 4, 3 backbones, 5 variants, 3 seeds
  $ concord crosscancer --cohort brca.yaml,stad.yaml --out study    real ones
  $ concord crosscancer --source brca+blca --target stad,hnsc       two cohorts train together
  $ concord crosscancer report study                                the report again, from what lies in the folder
`;

/** `concord crosscancer`: the benchmark across cancers. */
export function addCrosscancer(program: Command, context: CommandContext, finish: Finish): void {
  const command = program
    .command('crosscancer')
    .summary('train on one cancer, judge on the others')
    .description('Train every backbone with every module on each cohort, and judge it on all of them.')
    .option('--cohort <list>', 'embedded cohorts or cohort files, separated by commas', 'brca,blca,stad,hnsc')
    .option(
      '--source <list>',
      'cohorts that train; several joined by + train together (default: each cohort)',
    )
    .option('--target <list>', 'cohorts that models are judged on (default: all)')
    .option(
      '--backbone <list>',
      'backbones and peers, separated by commas',
      'survpath,survpath-nystrom,mcat-pathways,ridge-cox,random-survival-forest',
    )
    .option('--module <list>', 'variants of the modules', 'plain,mixstyle,dsu,described,extended')
    .option('--seeds <list>', 'of weights, order, draws and folds', wholeNumbers(0, 2 ** 32 - 1), [7, 8, 9])
    .option('--folds <n>', 'folds of a source', wholeNumber(2, 100), 5)
    .option('--fold <list>', 'those that are held out in turn, from 0', wholeNumbers(0, 99), [0])
    .option('--jobs <n>', 'worker processes', wholeNumber(1, 256), 2)
    .option('--keep', 'keep the checkpoints of finished cells')
    .option('--out <folder>', 'folder of the study', 'reports/crosscancer');
  addTrainFlags(command, { epochs: 4, cases: 48 })
    .addHelpText('after', HELP)
    .action(async (flags: CrosscancerFlags) => {
      const { runCrosscancer } = await import('../crosscancer/crosscancer-action.js');
      finish(await runCrosscancer(flags, context));
    });
  addCrosscancerReport(command, context, finish);
}
