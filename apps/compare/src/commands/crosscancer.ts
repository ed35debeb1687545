import type { Command } from 'commander';
import { wholeNumber } from './arguments.js';
import type { CommandContext, Finish } from './context.js';
import { addCrosscancerReport } from './crosscancerReport.js';
import { addStudyFlags, type StudyFlags } from './studyFlags.js';

/** The options of `concord crosscancer`, each value valid by itself. */
export interface CrosscancerFlags extends StudyFlags {
  readonly jobs: number;
}

const HELP = `
Every cell of the grid (source × backbone × module × seed × fold) trains once and is judged on its held-out fold and
on all cases of every other cohort. Results lie in the folder as they come: a study that was killed or interrupted
goes on where it was when the same command is given again, and more seeds, backbones and modules can be added to it.

Peers stand as backbones: ridge-cox (genes), ridge-cox-both (genes and slides), random-survival-forest (genes),
stage-age.

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
    .option('--jobs <n>', 'worker processes', wholeNumber(1, 256), 2);
  addStudyFlags(command, 'reports/crosscancer')
    .addHelpText('after', HELP)
    .action(async (flags: CrosscancerFlags) => {
      const { runCrosscancer } = await import('../crosscancer/crosscancer-action.js');
      finish(await runCrosscancer(flags, context));
    });
  addCrosscancerReport(command, context, finish);
}
