import { resolve } from 'node:path';
import { Option } from 'commander';
import { requireWritable, writeAtomic } from '../../files/write-atomic.js';
import { stopOnSignal } from '../interrupt.js';
import type { AddDataCommand } from './data.js';

interface ConvertFlags {
  readonly to: 'safetensors' | 'npy';
  readonly out: string;
  readonly dtype: 'keep' | 'float32';
  readonly json?: string;
}

/** `concord data convert`: patch features of any format as safetensors or NumPy arrays. */
export const addConvert: AddDataCommand = (data, context, finish) => {
  data
    .command('convert')
    .summary('write patch features of any format as safetensors or npy')
    .description(
      'Read patch features as CLAM, TRIDENT and STAMP write them (.pt, .h5), or .npy, .npz and .safetensors, ' +
        'and write each as one file. Nothing of a .pt file is executed; NaN, empty and damaged files are named and left out.',
    )
    .argument('<source...>', 'folders of features, or files')
    .requiredOption('--out <folder>', 'where the files go')
    .addOption(new Option('--to <format>', 'format').choices(['safetensors', 'npy']).default('safetensors'))
    .addOption(
      new Option('--dtype <dtype>', 'keep the numbers as they are, or widen them')
        .choices(['keep', 'float32'])
        .default('keep'),
    )
    .option('--json <file>', 'where the list goes as JSON; - is standard output')
    .addHelpText('after', '\nExit codes: 0 all were written, 1 some were left out, 2 it could not run.\n')
    .action(async (sources: string[], { to, out, dtype, json }: ConvertFlags) => {
      if (json && json !== '-') requireWritable('--json', json);
      const [{ convertBags }, { slowProgress }] = await Promise.all([
        import('../../data/convertBags.js'),
        import('../../data/slowProgress.js'),
      ]);
      const { signal, guard, release } = stopOnSignal((text) => context.err.write(text), STOPPING);
      const progress = slowProgress(context.err, 'converting');
      try {
        const paths = sources.map((path) => resolve(context.cwd, path));
        const options = { to, out: resolve(context.cwd, out), dtype, signal, progress: progress.step };
        const files = await guard(convertBags(paths, options));
        progress.end();
        const failed = files.filter(({ problem }) => problem !== undefined);
        for (const { problem } of failed) context.err.write(`${problem}\n`);
        const listing = `${JSON.stringify({ schema: 'concord-convert/1', files }, null, 2)}\n`;
        if (json && json !== '-') writeAtomic(resolve(context.cwd, json), listing);
        const left = failed.length > 0 ? `, ${failed.length} left out` : '';
        const written = files.length - failed.length;
        await context.out(
          json === '-' ? listing : `${written} of ${files.length} bags written to ${out}${left}\n`,
        );
        finish(failed.length > 0 ? 1 : 0);
      } finally {
        progress.end();
        release();
      }
    });
};

const STOPPING = {
  stopping: 'removing the file that was being written.',
  stopped: 'the files before it are whole',
};
