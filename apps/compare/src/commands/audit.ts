import { Option, type Command } from 'commander';
import { ENGINES, type EngineName } from '../grid/engine.js';
import { existingFolder, wholeNumber } from './arguments.js';
import type { CommandContext, Finish } from './context.js';

/** The options of `concord audit`, each value valid by itself. */
export interface AuditFlags {
  readonly published?: string;
  readonly claims?: string;
  readonly changed?: boolean;
  readonly jobs: number;
  readonly engine: EngineName;
  readonly address?: string;
  readonly limit: number;
  readonly record?: boolean;
  readonly json?: string;
  readonly report?: string;
  readonly markdown?: string;
}

const HELP = `
The verdicts:
  holds                   what is claimed is true of what was run
  fails                   it is not; the evidence shows the run
  cannot be tested here   and why: a table that is not public, a result that would need one, a check that broke off

Without a checkout the verdict is the recorded one, marked with *. Each check runs in a process of its own; checkouts
are digested before and after.

Exit codes:
  0  every verdict is the recorded one      1  one is not, marked with !
  2  a claim file is broken, a checkout is not as pinned, or a file is missing; it is named, and the rest runs

Examples:
  $ concord audit --published code          every claim
  $ concord audit mccsdg survpath           two papers; without checkouts, what was recorded
  $ concord audit mccsdg --published mended --changed      what a repair changes
  $ concord audit list                      the claims
  $ concord audit new mypaper/first-claim   a claim that runs, to be edited
`;

/** `concord audit`: what papers and their code claim, as checks that run. */
export function addAudit(program: Command, context: CommandContext, finish: Finish): void {
  const audit = program
    .command('audit')
    .summary('check what papers and their code claim')
    .description(
      'Run the claims of papers on the published code, each in a process of its own, and compare the verdicts with ' +
        'the recorded ones.',
    )
    .argument('[papers...]', 'papers, see concord audit list; all by default')
    .addOption(
      new Option('--published <folder>', 'checkouts of the published code')
        .env('CONCORD_PUBLISHED')
        .argParser(existingFolder),
    )
    .option(
      '--claims <folder>',
      'claims of your own, instead of those that come with this program',
      existingFolder,
    )
    .option('--changed', 'run on checkouts that are not as pinned, too')
    .option('--jobs <n>', 'checks that run at once', wholeNumber(1, 64), 2)
    .addOption(new Option('--engine <name>', 'who schedules').choices(ENGINES).default('local'))
    .option('--address <host:port>', 'a Ray cluster that runs, or auto (default: Ray starts one here)')
    .option('--limit <s>', 'seconds that a check may take', wholeNumber(1, 86_400), 300)
    .option('--record', 'keep each finding beside its claim, as the recorded one')
    .option('--json <file>', 'where the report goes as JSON; - is standard output')
    .option('--report <file>', 'where the report goes as HTML')
    .option('--markdown <file>', "where the report goes as Markdown, for a paper's appendix")
    .addHelpText('after', HELP)
    .action(async (papers: string[], flags: AuditFlags) => {
      const { runAuditCommand } = await import('./audit-action.js');
      finish(await runAuditCommand(papers, flags, context));
    });
  audit
    .command('list')
    .summary('name papers and claims')
    .argument('[papers...]', 'papers; all by default')
    .action(async (papers: string[], _flags: unknown, command: Command) => {
      const { listAuditCommand } = await import('./audit-action.js');
      finish(await listAuditCommand(papers, command.optsWithGlobals<AuditFlags>(), context));
    });
  audit
    .command('new')
    .summary('write a claim that runs, to be edited')
    .argument('<id>', '<paper>/<claim>')
    .action(async (id: string, _flags: unknown, command: Command) => {
      const { newClaimCommand } = await import('./audit-action.js');
      finish(await newClaimCommand(id, command.optsWithGlobals<AuditFlags>(), context));
    });
  audit
    .command('page')
    .summary('the page of a paper, from its claims and what was recorded')
    .argument('<paper>', 'paper')
    .action(async (paper: string, _flags: unknown, command: Command) => {
      const { pageAuditCommand } = await import('./audit-action.js');
      finish(await pageAuditCommand(paper, command.optsWithGlobals<AuditFlags>(), context));
    });
}
