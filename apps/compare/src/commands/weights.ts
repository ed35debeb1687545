import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { PRESETS } from '../parity/types.js';
import { existingFile, existingFolder } from './arguments.js';
import type { CommandContext, Finish } from './context.js';
import { addRisks } from './risks.js';

/** The model that weights are to fit. */
export interface CheckOptions {
  readonly backbone: string;
  /** Folder in whose project backbones are looked for, beside those of this workspace. */
  readonly cwd: string;
  readonly preset: (typeof PRESETS)[number];
  /** Tables whose pathways fix the shapes, in place of the preset. */
  readonly dataDir?: string;
  readonly cohort: string;
}

/** Both give the text to print. Lives in weights/run.ts. */
export interface RunWeights {
  convert(from: string, to: string): Promise<string>;
  check(file: string, options: CheckOptions): Promise<{ readonly fits: boolean; readonly text: string }>;
}

interface CheckFlags {
  readonly backbone: string;
  readonly preset: CheckOptions['preset'];
  readonly data?: string;
  readonly cohort: string;
}

/** `concord weights …`: weights of published code, and ours, as files. */
export function addWeights(program: Command, context: CommandContext, finish: Finish): void {
  const weights = program
    .command('weights')
    .summary('convert and check files of weights')
    .description(
      'Weights under the names of the published state dicts, as torch.save or safetensors keeps them.',
    );
  weights
    .command('convert <from> <to>')
    .description(
      'Read a state dict of torch.save, of which nothing is executed, or safetensors; write safetensors.',
    )
    .action(async (from: string, to: string) => {
      if (!to.endsWith('.safetensors')) throw new Error(`${to}: weights are written as .safetensors`);
      const { runWeights } = await context.load.weights();
      const paths = [existingFile(resolve(context.cwd, from)), resolve(context.cwd, to)] as const;
      await context.out(await runWeights.convert(...paths));
      finish(0);
    });
  weights
    .command('check <file>')
    .description("Say whether a file holds a backbone's weights, each of the right shape, and nothing else.")
    .option('--backbone <name>', 'see concord list', 'survpath')
    .addOption(new Option('--preset <name>', 'sizes of the input').choices(PRESETS).default('published'))
    .option('--data <folder>', 'take the pathways from these tables, in the SurvPath layout', existingFolder)
    .option('--cohort <name>', 'cohort of the tables', 'blca')
    .addHelpText('after', '\nExit codes: 0 they fit, 1 they do not, 2 it could not run.\n')
    .action(async (file: string, { backbone, preset, data, cohort }: CheckFlags) => {
      const { runWeights } = await context.load.weights();
      const { fits, text } = await runWeights.check(existingFile(resolve(context.cwd, file)), {
        ...{ backbone, cwd: context.cwd, preset, cohort },
        ...(data && { dataDir: resolve(data) }),
      });
      await context.out(text);
      finish(fits ? 0 : 1);
    });
  addRisks(weights, context, finish);
}
