import { Option, type Command } from 'commander';
import { ENGINES, RETRIES, type EngineName } from '../grid/engine.js';
import { existingFile, positiveNumber, wholeNumber } from './arguments.js';
import type { CommandContext, Finish } from './context.js';
import { addStudyFlags, type StudyFlags } from './studyFlags.js';

/** How cells are scheduled; each value valid by itself. */
export interface EngineFlags {
  readonly engine: EngineName;
  readonly address?: string;
  readonly cpusPerRun: number;
  readonly gpusPerRun: number;
  readonly maxConcurrent?: number;
  readonly limit?: number;
  readonly memory?: number;
  readonly retries: number;
}

/** The options of `concord grid run`. */
export interface GridRunFlags extends StudyFlags, EngineFlags {
  readonly stale: 'run' | 'keep';
  readonly again?: boolean;
}

const HELP = `
FILE is YAML, with the options under the names that they have here: backbone: [survpath, ridge-cox]. What stands on
the command line has the last word. What lies in the folder is the truth: given again, the command computes what is
missing, and what is of other data, code or options than now.

Exit codes:
  0  every cell has its result      2  it could not run, was interrupted, or cells failed

Examples:
  $ concord grid run grid.yaml                                    two cells at once on this machine
  $ concord grid run grid.yaml --engine ray                       on this machine, scheduled by Ray
  $ concord grid run grid.yaml --engine ray --address head:6379   on a cluster
`;

/** Fractions: several runs may share a processor or a card. */
const share = (text: string): number => (Number(text) === 0 ? 0 : positiveNumber(text));

/** `concord grid`: many cells, on one machine or a cluster. */
export function addGrid(program: Command, context: CommandContext, finish: Finish): void {
  const grid = program
    .command('grid')
    .summary('run the cells of a study on one machine or a cluster')
    .description('Run the cells of a cross-cancer study, locally or by Ray, and say how they stand.');
  const run = grid
    .command('run')
    .summary('run what is missing')
    .description('Train and judge every cell of a grid that has no result yet, or one of other inputs.')
    .argument('[file]', 'the grid, in YAML', existingFile);
  addStudyFlags(run, 'reports/grid');
  addEngineFlags(run)
    .addOption(
      new Option('--stale <what>', 'results of other data, code or options: compute anew, or keep')
        .choices(['run', 'keep'])
        .default('run'),
    )
    .option('--again', 'begin cells anew that failed before with the same inputs')
    .addHelpText('after', HELP)
    .action(async (file: string | undefined, _flags: unknown, command: Command) => {
      if (file !== undefined) {
        const { readGridFile } = await import('../grid/gridFile.js');
        readGridFile(file, command);
      }
      const { runGridCommand } = await import('../grid/grid-action.js');
      finish(await runGridCommand(command.opts<GridRunFlags>(), context));
    });
}

function addEngineFlags(command: Command): Command {
  return command
    .addOption(new Option('--engine <name>', 'who schedules').choices(ENGINES).default('local'))
    .option(
      '--address <host:port>',
      'a Ray cluster that runs, or auto (default: Ray starts one here, for this run)',
    )
    .option('--cpus-per-run <n>', 'processors that Ray sets aside for a run', share, 1)
    .option('--gpus-per-run <n>', 'cards that Ray sets aside for a run, or a fraction of one', share, 0)
    .option(
      '--max-concurrent <n>',
      'runs at once (default: 2 locally, as many as fit with Ray)',
      wholeNumber(1, 100_000),
    )
    .option('--limit <s>', 'seconds that a run may take', positiveNumber)
    .option('--memory <MiB>', 'memory that a run may hold, with the processes that it starts', positiveNumber)
    .option(
      '--retries <n>',
      'how often a run is begun anew when its process or machine went; refusals of the program never are',
      wholeNumber(0, 100),
      RETRIES,
    );
}
