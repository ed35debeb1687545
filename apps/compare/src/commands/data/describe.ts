import { resolve } from 'node:path';
import { Option } from 'commander';
import { requireWritable, writeAtomic } from '../../files/write-atomic.js';
import { existingFile } from '../arguments.js';
import type { AddDataCommand } from './data.js';

interface DescribeFlags {
  readonly split: string[];
  readonly json?: string;
  readonly report?: string;
  readonly fitOn?: string;
  readonly fitted?: string;
}

/** `concord data describe`: what a cohort file becomes, and who fell out on the way. */
export const addDescribe: AddDataCommand = (data, context, finish) => {
  data
    .command('describe <cohort...>')
    .summary('put cohorts together and say what they hold')
    .description(
      'Assemble the cohorts of one or more cohort files: cases, events, genes, bags, and how many cases fell out at ' +
        'each join. With --split also whether validation is held out. Exit code 1 if it is not, or if the times of two ' +
        'sources stand beside the wrong ids.',
    )
    .addOption(
      new Option('--split <file>', 'a split to check for leakage; may be repeated')
        .argParser((path: string, all: string[]) => [...all, existingFile(path)])
        .default([], 'none'),
    )
    .option(
      '--fit-on <split>',
      'fit scaling and time bins on the training cases of this split (default: on all)',
      existingFile,
    )
    .option('--fitted <file>', 'write what was fitted as JSON, to store with a run; one cohort only')
    .option('--report <file>', 'write an HTML page with survival curves and attrition')
    .option('--json <file>', 'where the figures go as JSON; - is standard output')
    .addHelpText(
      'after',
      '\nExit codes: 0 all is sound, 1 a split leaks or times stand beside the wrong ids, 2 it could not run.\n',
    )
    .action(async (files: string[], { split, json, report, fitOn, fitted }: DescribeFlags) => {
      if (json && json !== '-') requireWritable('--json', json);
      if (report) requireWritable('--report', report);
      if (fitted) {
        requireWritable('--fitted', fitted);
        if (files.length > 1) throw new Error('--fitted: name one cohort, each is fitted on its own cases.');
      }
      const { describeCohorts } = await import('../../data/describe.js');
      const { descriptions, text, page } = await describeCohorts(
        files.map((file) => resolve(context.cwd, file)),
        split.map((file) => resolve(context.cwd, file)),
        (line) => void context.err.write(`${line}\n`),
        fitOn && resolve(context.cwd, fitOn),
      );
      const figures = `${JSON.stringify({ schema: 'concord-cohorts/1', cohorts: descriptions }, null, 2)}\n`;
      if (fitted) writeAtomic(resolve(context.cwd, fitted), `${JSON.stringify(descriptions[0]!.fitted)}\n`);
      if (report) writeAtomic(resolve(context.cwd, report), page());
      if (json && json !== '-') writeAtomic(resolve(context.cwd, json), figures);
      await context.out(json === '-' ? figures : `${text}\n`);
      const wrong = descriptions.some(
        ({ leaks, findings }) =>
          leaks.length > 0 || findings.some(({ kind }) => kind === 'rows-out-of-order'),
      );
      finish(wrong ? 1 : 0);
    });
};
