import { existingFile, existingFolder, wholeNumber } from '../arguments.js';
import type { AddDataCommand } from './data.js';

/** What `concord data verify` is asked to do. */
export interface VerifyFlags {
  readonly dir: string;
  readonly name?: string;
  readonly threads?: number;
  readonly json?: string;
}

/** `concord data verify`: are the files of a manifest on disk, whole and right? */
export const addVerify: AddDataCommand = (data, context, finish) => {
  data
    .command('verify')
    .summary('compare files on disk with a GDC manifest')
    .description(
      'Compare the files in a folder with a GDC manifest by size and MD5, on all cores. The folder is as the ' +
        'official client leaves it (<uuid>/<file name>) or flat; .partial counts as absent, logs are ignored.',
    )
    .argument('<manifest>', 'the manifest, tab-separated', existingFile)
    .requiredOption('--dir <folder>', 'where the files are', existingFolder)
    .option('--name <pattern>', "only files of this name; * stands for any characters, as in '*.svs'")
    .option('--threads <n>', 'files read side by side (default: one a core)', wholeNumber(1, 256))
    .option('--json <file>', 'where the verdict of every file goes as JSON; - is standard output')
    .addHelpText('after', '\nExit codes: 0 all are right, 1 some are not, 2 it could not run.\n')
    .action(async (manifest: string, flags: VerifyFlags) => {
      const { runVerify } = await import('../../data/verify.js');
      finish(await runVerify(manifest, flags, context));
    });
};
