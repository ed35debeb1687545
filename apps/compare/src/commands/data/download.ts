import { existingFile, wholeNumber } from '../arguments.js';
import { byteCount } from './bytes.js';
import type { AddDataCommand } from './data.js';

/** What `concord data download` is asked to do. */
export interface DownloadFlags {
  readonly dir: string;
  readonly name?: string;
  readonly atOnce: number;
  readonly retries: number;
  readonly maxBytes?: number;
  readonly token?: string;
  readonly baseUrl?: string;
  readonly dryRun?: boolean;
  readonly json?: string;
}

/** `concord data download`: the files of a manifest, from the GDC or a mirror. */
export const addDownload: AddDataCommand = (data, context, finish) => {
  data
    .command('download')
    .summary('download the files of a GDC manifest, resumable and checked')
    .description(
      'Download the files of a GDC manifest into <folder>/<uuid>/<file name>. Unfinished files go on where they ' +
        'stopped, size and MD5 are checked, and what is there and right is not fetched again. Proxies are taken ' +
        'from http_proxy, https_proxy and no_proxy.',
    )
    .argument('<manifest>', 'the manifest, tab-separated', existingFile)
    .requiredOption('--dir <folder>', 'where the files go; it is made if need be')
    .option('--name <pattern>', "only files of this name; * stands for any characters, as in '*.svs'")
    .option('--at-once <n>', 'files at once', wholeNumber(1, 64), 4)
    .option('--retries <n>', 'further tries where the server or the line fails', wholeNumber(0, 100), 5)
    .option('--max-bytes <size>', 'refuse to fetch more than this, such as 20GB', byteCount)
    .option(
      '--token <file>',
      'file with the token for controlled access, readable by you alone (default: the token in GDC_TOKEN)',
      existingFile,
    )
    .option('--base-url <url>', 'a mirror of the GDC (default: the public API)')
    .option('--dry-run', 'say what would be fetched, and how large it is')
    .option('--json <file>', 'where the outcome of every file goes as JSON; - is standard output')
    .addHelpText('after', '\nExit codes: 0 all files are there, 1 some are not, 2 it could not run.\n')
    .action(async (manifest: string, flags: DownloadFlags) => {
      const { runDownload } = await import('../../data/download.js');
      finish(await runDownload(manifest, flags, context));
    });
};
