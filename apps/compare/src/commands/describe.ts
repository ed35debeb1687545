import { Option, type Command } from 'commander';
import { chooseNames } from './arguments.js';
import type { CommandContext, Finish } from './context.js';

/** How a description is written: `page` is the documentation's page of all backbones. */
export const DESCRIBE_FORMATS = ['table', 'mermaid', 'json', 'page'] as const;

/** What is to be described. */
export interface DescribeOptions {
  readonly backbones: readonly string[];
  /** Folder in whose project backbones are looked for, beside those of this workspace. */
  readonly cwd: string;
  readonly format: (typeof DESCRIBE_FORMATS)[number];
}

/** Gives the text. Lives in describe/run.ts. */
export type RunDescribe = (options: DescribeOptions) => Promise<string>;

interface DescribeFlags {
  readonly backbone: string;
  readonly format: DescribeOptions['format'];
}

/** `concord describe`: a picture of each model. */
export function addDescribe(program: Command, context: CommandContext, finish: Finish): void {
  program
    .command('describe')
    .summary('show layers, shapes, parameters and the plug-in point of backbones')
    .description(
      'Run one evaluation at the published sizes and one on the small cohort, and show each named intermediate: ' +
        'what it is computed from, its shape, its weights; and where modules are plugged in.',
    )
    .option('--backbone <names>', 'backbones, separated by commas, see concord list; or all', 'survpath')
    .addOption(
      new Option('--format <name>', 'a table, a Mermaid diagram, JSON, or the page of the documentation')
        .choices(DESCRIBE_FORMATS)
        .default('table'),
    )
    .action(async ({ backbone, format }: DescribeFlags) => {
      const inventory = await context.load.inventory();
      const backbones = chooseNames('--backbone', backbone, inventory.backbones(context.cwd));
      const { runDescribe } = await context.load.describe();
      await context.out(await runDescribe({ backbones, cwd: context.cwd, format }));
      finish(0);
    });
}
