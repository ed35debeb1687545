import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { chooseNames, existingFolder, wholeNumber } from './arguments.js';
import type { CommandContext, ExitCode, Finish } from './context.js';
import { stopOnSignal } from './interrupt.js';

/** What is to be compared. */
export interface RiskOptions {
  readonly backbones: readonly string[];
  /** Folder in whose project backbones are looked for, beside those of this workspace. */
  readonly cwd: string;
  /** Checkouts of the published code. */
  readonly folder: string;
  /** Synthetic patients. */
  readonly cases: number;
  readonly seed: number;
  /** Fires on Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Compare; `note` hears which backbone is under way. Lives in risks/run.ts. */
export type RunRisks = (
  options: RiskOptions,
  note: (text: string) => void,
) => Promise<{ readonly text: string; readonly status: 'same' | 'differ' | 'none' }>;

const EXIT: Readonly<Record<'same' | 'differ' | 'none', ExitCode>> = { same: 0, differ: 1, none: 2 };

interface RiskFlags {
  readonly backbone: string;
  readonly published?: string;
  readonly cases: number;
  readonly seed: number;
}

/** `concord weights risks`: do weights of a published class say the same of patients here? */
export function addRisks(weights: Command, context: CommandContext, finish: Finish): void {
  weights
    .command('risks')
    .description(
      'Draw weights in the published class, as it draws them itself, carry them over by the file that torch saves, ' +
        'and compare the risks of synthetic patients and their ranking.',
    )
    .option('--backbone <names>', 'backbones, separated by commas, see concord list; or all', 'all')
    .addOption(
      new Option('--published <folder>', 'checkouts of the published code')
        .env('CONCORD_PUBLISHED')
        .argParser(existingFolder),
    )
    .option('--cases <n>', 'patients', wholeNumber(2, 10_000), 100)
    .option('--seed <n>', 'seed of weights and patients', wholeNumber(0, 2 ** 32 - 1), 7)
    .addHelpText('after', '\nExit codes: 0 they agree, 1 they do not, 2 nothing could be compared.\n')
    .action(async ({ backbone, published, cases, seed }: RiskFlags) => {
      if (!published) throw new Error('risks need --published FOLDER, a folder of checkouts');
      const inventory = await context.load.inventory();
      const backbones = chooseNames('--backbone', backbone, inventory.backbones(context.cwd));
      const { signal, guard, release } = stopOnSignal((text) => context.err.write(text));
      try {
        const { runRisks } = await context.load.risks();
        const options = { backbones, cwd: context.cwd, folder: resolve(published), cases, seed, signal };
        const { text, status } = await guard(runRisks(options, (name) => context.err.write(`${name}\n`)));
        await context.out(text);
        finish(EXIT[status]);
      } finally {
        release();
      }
    });
}
