import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { requireWritable, writeAtomic } from '../files/write-atomic.js';
import { chooseNames, existingFolder, wholeNumber, wholeNumbers } from './arguments.js';
import type { CommandContext, Finish } from './context.js';

/** What one run of the benchmark is asked to do. */
export interface BenchOptions {
  readonly backbones: readonly string[];
  /** Folder in whose project backbones are looked for, beside those of this workspace. */
  readonly cwd: string;
  /** Bag sizes to measure, in patches. */
  readonly patches: readonly number[];
  /** Steps of each stack, interleaved; the first ones are not counted. */
  readonly rounds: number;
  readonly seed: number;
  readonly dataDir?: string;
  readonly publishedDir?: string;
}

/** Measures; `note` hears how it goes along. Lives in bench/run.ts. */
export type RunBench = (
  options: BenchOptions,
  note: (text: string) => void,
) => Promise<{
  /** For people. */
  readonly text: string;
  /** For machines: what `--json` writes. */
  readonly report: object;
}>;

interface BenchFlags {
  readonly backbone: string;
  readonly patches: number[];
  readonly rounds: number;
  readonly seed: number;
  readonly data?: string;
  readonly published?: string;
  readonly json?: string;
}

/** `concord bench`: how long a training step takes, and how much memory. */
export function addBench(program: Command, context: CommandContext, finish: Finish): void {
  program
    .command('bench')
    .summary('measure the training step of both stacks')
    .description(
      'Measure, interleaved in one run, the training step of TypeScript, of our PyTorch and of the published ' +
        'class: forward, backward and optimiser apart, and the peak memory of each process. Ratios are medians of pairs.',
    )
    .option('--backbone <names>', 'backbones, separated by commas, see concord list; or all', 'survpath')
    .option(
      '--patches <list>',
      'bag sizes in patches, separated by commas',
      wholeNumbers(1, 1_000_000),
      [4096],
    )
    .option('--rounds <n>', 'measured steps of each stack', wholeNumber(1, 10_000), 15)
    .option('--seed <n>', 'seed of weights and inputs', wholeNumber(0, 2 ** 32 - 1), 7)
    .option('--data <folder>', 'take the pathways from these tables', existingFolder)
    .addOption(
      new Option('--published <folder>', 'checkouts of the published code, to measure them as well')
        .env('CONCORD_PUBLISHED')
        .argParser(existingFolder),
    )
    .option('--json <file>', 'where the figures go as JSON; - is standard output')
    .action(async ({ backbone, patches, rounds, seed, data, published, json }: BenchFlags) => {
      if (json && json !== '-') requireWritable('--json', json);
      const inventory = await context.load.inventory();
      const { runBench } = await context.load.bench();
      const { text, report } = await runBench(
        {
          backbones: chooseNames('--backbone', backbone, inventory.backbones(context.cwd)),
          cwd: context.cwd,
          patches,
          rounds,
          seed,
          ...(data && { dataDir: resolve(data) }),
          ...(published && { publishedDir: resolve(published) }),
        },
        (line) => void context.err.write(`${line}\n`),
      );
      const figures = `${JSON.stringify(report, null, 2)}\n`;
      if (json && json !== '-') writeAtomic(resolve(context.cwd, json), figures);
      await context.out(json === '-' ? figures : `${text}\n`);
      finish(0);
    });
}
