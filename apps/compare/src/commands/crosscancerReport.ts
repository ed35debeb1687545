import { relative, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { requireWritable } from '../files/write-atomic.js';
import { existingFolder, wholeNumber } from './arguments.js';
import type { CommandContext, Finish } from './context.js';

/** Forms of a report: the options that say where each goes. */
const FORMS = ['html', 'markdown', 'csv', 'latex', 'json'] as const;

type ReportFlags = { readonly [form in (typeof FORMS)[number]]?: string } & { readonly resamples: number };

/** `concord crosscancer report`: judge the runs that lie in a study folder. */
export function addCrosscancerReport(group: Command, context: CommandContext, finish: Finish): void {
  group
    .command('report')
    .argument('<folder>', 'folder of a study, with its study.json', existingFolder)
    .summary('judge what lies in a study folder, and write it down')
    .description(
      'Read the cells of a study that are done, judge them, and write the report: a page, tables and figures. Nothing ' +
        'is trained. Cells without a result are left out, broken ones named.',
    )
    .option('--html <file>', 'the page (default: report.html in the folder)')
    .option('--markdown <file>', 'tables in Markdown (default: report.md in the folder)')
    .option('--csv <file>', 'a line for each method, source and target (default: report.csv in the folder)')
    .option('--latex <file>', 'tables for a paper (default: report.tex in the folder)')
    .option('--json <file>', 'all figures; - is standard output (default: report.json in the folder)')
    .addOption(
      new Option('--resamples <count>', 'resamples of the cases')
        .argParser(wholeNumber(100, 100_000))
        .default(1000),
    )
    .addHelpText(
      'after',
      '\nExit codes: 0 every cell could be read, 1 some are broken or both stacks differ in one, 2 it could not run.\n',
    )
    .action(async (folder: string, { resamples, ...given }: ReportFlags) => {
      const paths: Partial<Record<(typeof FORMS)[number], string>> = {};
      for (const form of FORMS) {
        const path = given[form];
        if (path === undefined) continue;
        if (path === '-' && form !== 'json')
          throw new Error(`--${form} -: only --json goes to standard output`);
        if (path !== '-') requireWritable(`--${form}`, resolve(context.cwd, path));
        paths[form] = path === '-' ? path : resolve(context.cwd, path);
      }
      const { writeReport } = await import('../crosscancer/report/run.js');
      const { report, text, json, files } = writeReport(resolve(context.cwd, folder), paths, { resamples });
      const written = files.map((file) => `wrote ${relative(context.cwd, file)}\n`).join('');
      await context.out(paths.json === '-' ? json : `${text}${written}`);
      const isSound = report.cells.broken.length === 0 && report.agreement.every(({ agrees }) => agrees);
      finish(isSound ? 0 : 1);
    });
}
