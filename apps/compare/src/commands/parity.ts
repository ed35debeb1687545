import { Option, type Command } from 'commander';
import { BACKENDS, PRESETS } from '../parity/types.js';
import { existingFile, existingFolder, positiveNumber, wholeNumber } from './arguments.js';
import type { CommandContext, Finish } from './context.js';

/** The options of `concord parity` as they come from the command line, each value valid by itself. */
export interface ParityFlags {
  readonly preset: (typeof PRESETS)[number];
  readonly backbone: string;
  readonly module: string;
  readonly cohort: string;
  readonly data?: string;
  readonly steps: number;
  readonly seed: number;
  readonly published?: string;
  readonly replay?: string;
  readonly factor: number;
  readonly backend: (typeof BACKENDS)[number];
  readonly json?: string;
  readonly report?: string;
}

const HELP = `
The last word:
  SAME           every quantity of every subject that could be compared is within its limit
  DIFFERS        at least one is not; the first one in the order of computation is named
  NOT COMPARED   nothing could be compared, and why

The words:
  subject        a backbone with one variant of the modules: survpath × described
  witness        who TypeScript is compared with: our own PyTorch, or the published class
  oracle         PyTorch in float64, taken for the truth
  yardstick      the error of PyTorch's own float32 run to the oracle, with a floor of 4 units in the last place
  ratio          TypeScript's error over the yardstick: 1 is as good as PyTorch, above --factor is a difference
  tape           every random draw of the run, in one file; both stacks read it, --replay reads it again

Exit codes:
  0  they agree      1  they disagree      2  it could not run, or nothing was compared

Examples:
  $ concord parity                                         every variant on the embedded synthetic cohort
  $ concord parity --module described,extended --steps 10  two variants, ten optimiser steps
  $ concord parity --backbone all --steps 10               every backbone with every variant that it can take
  $ concord parity --data tcga/survpath --cohort stad      real tables
  $ concord parity --preset published --published code     the published sizes, with the published class as witness
  $ concord parity --replay reports/parity/20251123-133800/tape.safetensors
  $ concord parity --json - | jq .summary                  the report as JSON on standard output, nothing else
`;

/** `concord parity`: do both stacks compute the same? */
export function addParity(program: Command, context: CommandContext, finish: Finish): void {
  program
    .command('parity')
    .summary('compare TypeScript and PyTorch, number by number')
    .description(
      'Run every subject on both stacks from the same weights, inputs and random draws, and compare each tensor ' +
        'of the forward pass, the loss, every gradient, the weights after optimiser steps and the predicted risks.',
    )
    .addOption(
      new Option(
        '--preset <name>',
        'sizes: small, or those of the publication (331 pathways, 4096 × 768 patches)',
      )
        .choices(PRESETS)
        .default('small'),
    )
    .option('--backbone <names>', 'backbones, separated by commas, see concord list; or all', 'survpath')
    .option('--module <names>', 'variants, separated by commas, see concord list; or all', 'all')
    .option('--cohort <name>', 'cohort, see concord list', 'blca')
    .option(
      '--data <folder>',
      'real tables in the SurvPath layout, instead of the synthetic cohort',
      existingFolder,
    )
    .option('--steps <n>', 'optimiser steps', wholeNumber(1, 1000), 50)
    .option('--seed <n>', 'seed of weights and tape', wholeNumber(0, 2 ** 32 - 1), 7)
    .addOption(
      new Option('--published <folder>', 'checkouts of the published code, for the third witness')
        .env('CONCORD_PUBLISHED')
        .argParser(existingFolder),
    )
    .option('--replay <tape>', 'read the draws from this file instead of drawing them', existingFile)
    .option('--factor <x>', 'yardsticks that TypeScript may be away from the oracle', positiveNumber, 4)
    .addOption(
      new Option('--backend <name>', 'what TypeScript computes on').choices(BACKENDS).default('auto'),
    )
    .option('--json <file>', 'where the report goes as JSON; - is standard output')
    .option('--report <file>', 'where the report goes as HTML')
    .addHelpText('after', HELP)
    .action(async (flags: ParityFlags) => {
      const { runParityCommand } = await import('./parity-action.js');
      finish(await runParityCommand(flags, context));
    });
}
