import { Option, type Command } from 'commander';
import { ENGINES, RETRIES, type EngineName } from '../grid/engine.js';
import { positiveNumber, wholeNumber } from './arguments.js';
import { addStudyFlags, type StudyFlags } from './studyFlags.js';

/** How cells are scheduled; each value valid by itself. */
export interface EngineFlags {
  readonly engine: EngineName;
  readonly address?: string;
  readonly store?: string;
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

/** Fractions: several runs may share a processor or a card. */
const share = (text: string): number => (Number(text) === 0 ? 0 : positiveNumber(text));

/** Add what a grid's file may hold. */
export function addGridRunFlags(command: Command): Command {
  addStudyFlags(command, 'reports/grid');
  return addEngineFlags(command)
    .addOption(
      new Option('--stale <what>', 'results of other data, code or options: compute anew, or keep')
        .choices(['run', 'keep'])
        .default('run'),
    )
    .option('--again', 'begin cells anew that failed before with the same inputs');
}

/** Add who schedules, and what a cell may take. */
export function addEngineFlags(command: Command): Command {
  return command
    .addOption(new Option('--engine <name>', 'who schedules').choices(ENGINES).default('local'))
    .option(
      '--address <host:port>',
      'a Ray cluster that runs, or auto (default: Ray starts one here, for this run)',
    )
    .option(
      '--store <url>',
      'where machines of the cluster share no folder: data go there and results come from there; s3://bucket/name or ' +
        'any that fsspec opens',
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
