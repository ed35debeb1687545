import { resolve } from 'node:path';
import type { Command } from 'commander';
import { requireWritable, writeAtomic } from '../files/write-atomic.js';
import { commandLine } from './commandLine.js';
import type { CommandContext, Finish } from './context.js';

interface CheckFlags {
  readonly json?: string;
  readonly report?: string;
}

const HELP = `
A folder is a run of concord train, a cell of a study, a study (all of its cells), or anybody's: risks by case as CSV and,
where there are some, outcomes, split, configuration, logs, weights, genes, pathways; docs/checks.md says what to put there.

The verdicts:
  found               with the cases, numbers and lines that show it, what it does, and what to do
  not found           the files show that the mistake is not there
  cannot be judged    and which file would make it possible

Exit codes:
  0  nothing found      1  a mistake is there      2  a folder could not be read; it is named, and the rest is checked

Examples:
  $ concord check results                          a folder of risks.csv and whatever lies beside it
  $ concord check reports/train/* --report check.html
  $ concord check results --json - | jq '.runs[].checks[] | select(.verdict == "found")'
`;

/** `concord check`: mistakes that a run's own files show. */
export function addCheck(program: Command, context: CommandContext, finish: Finish): void {
  program
    .command('check')
    .summary('look for mistakes in the results of a run')
    .description(
      'Look for seventeen mistakes that people make with survival models, in a run of this program or in any folder of ' +
        'results. Nothing is trained, changed or executed.',
    )
    .argument('<folders...>', 'folders of runs')
    .option('--json <file>', 'where the report goes as JSON; - is standard output')
    .option('--report <file>', 'where the report goes as HTML')
    .addHelpText('after', HELP)
    .action(async (folders: string[], flags: CheckFlags) => {
      const path = (file: string) => resolve(context.cwd, file);
      for (const option of ['json', 'report'] as const) {
        const file = flags[option];
        if (file !== undefined && file !== '-') requireWritable(`--${option}`, path(file));
      }
      if (flags.report === '-') throw new Error('--report -: only --json goes to standard output');
      const [{ checkFolders }, { renderChecks }, { renderCheckPage }, { default: pc }] = await Promise.all([
        import('../checks/checkReport.js'),
        import('../checks/terminal.js'),
        import('../checks/html/page.js'),
        import('picocolors'),
      ]);
      const report = await checkFolders(folders, context.cwd, commandLine());
      const json = `${JSON.stringify(report, null, 2)}\n`;
      const written: string[] = [];
      const write = (file: string, text: string) => {
        writeAtomic(path(file), text);
        written.push(file);
      };
      if (flags.json !== undefined && flags.json !== '-') write(flags.json, json);
      if (flags.report !== undefined) write(flags.report, renderCheckPage(report));
      await context.out(
        flags.json === '-' ? json : renderChecks(report, written, pc.createColors(context.colors)),
      );
      finish(report.problems.length > 0 ? 2 : report.summary.found > 0 ? 1 : 0);
    });
}
