import { Option, type Command } from 'commander';
import { existingFolder } from './arguments.js';
import type { CommandContext, Finish } from './context.js';
import type { CohortFound, WitnessFound } from './inventory.js';

interface ListFlags {
  readonly json?: boolean;
  readonly data?: string;
  readonly published?: string;
}

/** `concord list`: what there is to choose from, and who can witness it. */
export function addList(program: Command, context: CommandContext, finish: Finish): void {
  program
    .command('list')
    .summary('name backbones, modules, cohorts and witnesses')
    .description(
      'Name the backbones, module variants and cohorts that parity knows, and the witnesses found here.',
    )
    .option('--data <folder>', 'look for real tables here, too', existingFolder)
    .addOption(
      new Option('--published <folder>', 'look for the published code here')
        .env('CONCORD_PUBLISHED')
        .argParser(existingFolder),
    )
    .option('--json', 'as JSON')
    .action(async ({ data, published, json }: ListFlags) => {
      const inventory = await context.load.inventory();
      const { modules } = inventory;
      const backbones = inventory.backbones(context.cwd);
      const [cohorts, witnesses] = await Promise.all([
        inventory.cohorts(data),
        inventory.witnesses(context.cwd, published),
      ]);
      const listing = { backbones, modules, cohorts, witnesses };
      await context.out(json ? `${JSON.stringify(listing, null, 2)}\n` : asText(listing));
      finish(0);
    });
}

function asText(listing: {
  readonly backbones: readonly string[];
  readonly modules: readonly string[];
  readonly cohorts: readonly CohortFound[];
  readonly witnesses: readonly WitnessFound[];
}): string {
  const { backbones, modules, cohorts, witnesses } = listing;
  const cohort = ({ name, source, synthetic, missing }: CohortFound) =>
    `${name}  ${source}${synthetic ? ', synthetic' : ''}${missing ? `; cannot be used: ${missing}` : ''}`;
  const witness = ({ name, found, detail }: WitnessFound) =>
    `${name}  ${found ? 'found' : 'not found'}: ${detail}`;
  return [
    ...section('Backbones', backbones),
    ...section('Modules', modules),
    ...section('Cohorts', cohorts.map(cohort)),
    ...section('Witnesses', witnesses.map(witness)),
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return [title, ...lines.map((line) => `  ${line}`), ''];
}
