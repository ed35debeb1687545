import { Option, type Command } from 'commander';
import { ENGINES, type EngineName } from '../grid/engine.js';
import { existingFile, existingFolder, wholeNumber } from './arguments.js';
import type { CommandContext, Finish } from './context.js';
import { addEngineFlags, addGridRunFlags, type EngineFlags, type GridRunFlags } from './gridFlags.js';

/** The options of `concord grid status`. */
export interface GridStatusFlags {
  readonly why?: boolean;
  readonly watch?: boolean;
  readonly json?: boolean;
}

/** The options of `concord grid doctor`. */
export interface GridDoctorFlags {
  readonly address?: string;
  readonly store?: string;
  readonly json?: boolean;
}

/** The options of `concord grid bench`. */
export interface GridBenchFlags {
  readonly engine: EngineName;
  readonly cells: number;
  readonly maxConcurrent: number;
}

const HELP = `
FILE is YAML, with the options under the names that they have here: backbone: [survpath, ridge-cox]. What stands on
the command line has the last word. What lies in the folder is the truth: given again, the command computes what is
missing, and what is of other data, code or options than now; results that it replaces are kept in .grid/replaced.

Exit codes:
  0  every cell has its result      2  it could not run, was interrupted, or cells failed

Examples:
  $ concord grid run grid.yaml                                    two cells at once on this machine
  $ concord grid run grid.yaml --engine ray                       on this machine, scheduled by Ray
  $ concord grid run grid.yaml --engine ray --address head:6379   on a cluster that shares the folder
  $ concord grid run grid.yaml --engine ray --address head:6379 --store s3://bucket/study   on one that shares none
`;

const STATUS_HELP = `
done: there is a result, of these data, this code and these options. running, waiting. failed: with the reason, and
the log of its process. stale: there is a result, of other inputs; --why names them.

Of a folder it says how the grids stand that were run there; of a file, how the grid stands that it asks for now.
`;

const PLACE = 'folder of the study, or file of the grid';

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
  addGridRunFlags(run)
    .addHelpText('after', HELP)
    .action(async (file: string | undefined, _flags: unknown, command: Command) => {
      if (file !== undefined) {
        const { readGridFile } = await import('../grid/gridFile.js');
        readGridFile(file, command);
      }
      const { runGridCommand } = await import('../grid/grid-action.js');
      finish(await runGridCommand(command.opts<GridRunFlags>(), context));
    });
  const retry = grid
    .command('retry')
    .summary('begin failed cells anew')
    .description('Run what was asked of a study again, with the cells that failed.')
    .argument('[place]', PLACE, 'reports/grid');
  addEngineFlags(retry).action(async (place: string, flags: EngineFlags) => {
    const { retryGridCommand } = await import('../grid/grid-action.js');
    finish(await retryGridCommand(place, flags, context));
  });
  grid
    .command('status')
    .summary('say how the cells stand')
    .description('Say which cells are done, running, waiting, stale and failed, and how long the rest takes.')
    .argument('[place]', PLACE, 'reports/grid')
    .option('--why', 'every cell that is not done, with the reason')
    .option('--watch', 'go on saying it, until nobody works there')
    .option('--json', 'as JSON, nothing else')
    .addHelpText('after', STATUS_HELP)
    .action(async (place: string, flags: GridStatusFlags) => {
      const { statusCommand } = await import('../grid/status-action.js');
      finish(await statusCommand(place, flags, context));
    });
  const doctor = grid
    .command('doctor')
    .summary('say what the nodes of a cluster lack')
    .description(
      'Ask every node of a Ray cluster whether it could run the cells: Node.js, the build and its digest, the data and ' +
        "their digests, the study's folder, disk and memory. Nothing is trained.",
    )
    .argument('<file>', 'the grid, in YAML', existingFile)
    .option('--address <host:port>', 'the cluster, or auto (default: this machine)')
    .option('--store <url>', 'what data and results are to go through, where no folder is shared')
    .option('--json', 'as JSON, nothing else');
  doctor
    .addHelpText(
      'after',
      '\nExit codes:\n  0  every node can run cells      2  one cannot, or nobody could be asked\n',
    )
    .action(async (file: string, flags: GridDoctorFlags) => {
      const { doctorGridCommand } = await import('../grid/doctor-action.js');
      finish(await doctorGridCommand(file, flags, context));
    });
  grid
    .command('bench')
    .summary('measure what scheduling costs')
    .description(
      'Run cells in which nothing is computed, and say what each of them costs. With Ray that is a process and a ' +
        'working directory a cell; locally, a message to a worker.',
    )
    .addOption(new Option('--engine <name>', 'who schedules').choices(ENGINES).default('local'))
    .option('--cells <n>', 'how many', wholeNumber(1, 1_000_000), 10_000)
    .option('--max-concurrent <n>', 'at once', wholeNumber(1, 100_000), 2)
    .action(async (flags: GridBenchFlags) => {
      const { benchGridCommand } = await import('../grid/bench-action.js');
      finish(await benchGridCommand(flags, context));
    });
  grid
    .command('prune')
    .summary('remove what no result needs')
    .description(
      'Remove results that were replaced, logs of cells that are done, and halves of files that were killed.',
    )
    .argument('[folder]', 'folder of the study', existingFolder, 'reports/grid')
    .option('--dry-run', 'name it, and remove nothing')
    .action(async (folder: string, { dryRun }: { readonly dryRun?: boolean }) => {
      const { pruneCommand } = await import('../grid/prune-action.js');
      finish(await pruneCommand(folder, dryRun ?? false, context));
    });
}
