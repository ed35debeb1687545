import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { wholeNumber, wholeNumbers } from '../arguments.js';
import type { AddDataCommand } from './data.js';

interface SynthFlags {
  readonly cohort: string;
  readonly cases: number;
  readonly seed: number;
  readonly shift: number;
  readonly geneSignal: number;
  readonly patchSignal: number;
  readonly censoring: number;
  readonly patches: number[];
  readonly patchWidth: number;
  readonly layouts: 'survpath' | 'all';
}

/** `concord data synth`: synthetic cohorts as files, to try readers and protocols on. */
export const addSynth: AddDataCommand = (data, context, finish) => {
  data
    .command('synth <folder>')
    .summary('write synthetic cohorts in the files of the field')
    .description(
      "Write synthetic cohorts as SurvPath's tables, five splits, a cohort file each, and the planted risk of every " +
        'case. They hold no patient; their truth is known, so a method can be judged on them. In the folder layouts ' +
        'the same cases stand as every other source writes them: PORPOISE, TCGA-CDR, GDC clinical files and STAR ' +
        'counts, Xena, patch maps, features of CLAM, TRIDENT and STAMP.',
    )
    .option('--cohort <names>', 'cohorts, separated by commas, or all', 'all')
    .option('--cases <n>', 'cases of each', wholeNumber(10, 100_000), 100)
    .option('--seed <n>', 'the same seed gives the same files', wholeNumber(0, 2 ** 32 - 1), 7)
    .option('--shift <x>', 'how far cohorts lie apart, in standard deviations', fromZero, 0.4)
    .option('--gene-signal <x>', 'how strongly the risk shows in genes; 0: not at all', fromZero, 1)
    .option('--patch-signal <x>', 'how strongly the risk shows in patches', fromZero, 1)
    .option('--censoring <share>', 'share of cases whose follow-up ends before the event', share, 0.5)
    .option(
      '--patches <n,n>',
      'smallest and largest bag',
      (text: string) => {
        const sizes = wholeNumbers(1, 1_000_000)(text);
        if (sizes.length === 2 && sizes[0]! <= sizes[1]!) return sizes;
        throw new InvalidArgumentError('Expected two numbers, the smaller one first, such as 24,48.');
      },
      [24, 48],
    )
    .option('--patch-width <n>', 'numbers of a patch', wholeNumber(4, 8192), 64)
    .addOption(
      new Option('--layouts <which>', "SurvPath's tables alone, or all that can be read")
        .choices(['survpath', 'all'])
        .default('all'),
    )
    .action(async (folder: string, flags: SynthFlags) => {
      const { synthesise } = await import('../../data/synth.js');
      const { cohort, layouts, patches, ...rest } = flags;
      const options = { ...rest, patches: [patches[0]!, patches[1]!] as const };
      await synthesise(resolve(context.cwd, folder), cohort, options, layouts, (line) =>
        context.out(`${line}\n`),
      );
      finish(0);
    });
};

function fromZero(text: string): number {
  const number = text.trim() === '' ? NaN : Number(text);
  if (number >= 0 && number < Infinity) return number;
  throw new InvalidArgumentError('Expected a number from 0.');
}

function share(text: string): number {
  const number = fromZero(text);
  if (number < 1) return number;
  throw new InvalidArgumentError('Expected a share from 0 to below 1, such as 0.5.');
}
