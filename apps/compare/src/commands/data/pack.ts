import { resolve } from 'node:path';
import { Option } from 'commander';
import { requireWritable, writeAtomic } from '../../files/write-atomic.js';
import { existingFile } from '../arguments.js';
import { stopOnSignal } from '../interrupt.js';
import type { AddDataCommand } from './data.js';

interface PackFlags {
  readonly out: string;
  readonly slides?: string;
  readonly dtype: 'keep' | 'float32';
  readonly verify?: boolean;
  readonly json?: string;
}

/** `concord data pack`: the features of a cohort as one file that is read by position. */
export const addPack: AddDataCommand = (data, context, finish) => {
  data
    .command('pack')
    .summary('put the patch features of a cohort into one file')
    .description(
      'Put the patch features of all slides, one after the other, into one safetensors file that is read by ' +
        'position. It keeps the digest of each source: a second run writes nothing unless a source changed.',
    )
    .argument('<source...>', 'folders of features, or files; one file a slide')
    .requiredOption('--out <file>', 'the packed file')
    .option(
      '--slides <file>',
      'only these slides: a text file, or a CSV with a column slide_id',
      existingFile,
    )
    .addOption(
      new Option('--dtype <dtype>', 'keep the numbers as they are, or widen them')
        .choices(['keep', 'float32'])
        .default('keep'),
    )
    .option('--verify', 'compare the digest of every source before an existing pack is kept')
    .option('--json <file>', 'where the summary goes as JSON; - is standard output')
    .action(async (sources: string[], { out, slides, dtype, verify, json }: PackFlags) => {
      requireWritable('--out', out);
      if (json && json !== '-') requireWritable('--json', json);
      const [{ packCohort }, { slowProgress }] = await Promise.all([
        import('../../data/packCohort.js'),
        import('../../data/slowProgress.js'),
      ]);
      const { signal, guard, release } = stopOnSignal((text) => context.err.write(text), {
        stopping: 'removing the unfinished pack.',
        stopped: 'nothing was written',
      });
      const progress = slowProgress(context.err, 'packing');
      try {
        const paths = sources.map((path) => resolve(context.cwd, path));
        const options = { dtype, verify: verify ?? false, signal, progress: progress.step };
        const list = slides && resolve(context.cwd, slides);
        const result = await guard(packCohort(paths, resolve(context.cwd, out), list, options));
        progress.end();
        const summary = `${JSON.stringify({ schema: 'concord-pack-summary/1', ...result }, null, 2)}\n`;
        if (json && json !== '-') writeAtomic(resolve(context.cwd, json), summary);
        const { reused, rows, width, bytes } = result;
        const what = `${result.slides} slides, ${rows} × ${width} ${result.dtype}, ${(bytes / 2 ** 20).toFixed(1)} MiB`;
        await context.out(
          json === '-' ? summary : `${out}: ${what}${reused ? '; kept, no source has changed' : ''}\n`,
        );
        finish(0);
      } finally {
        progress.end();
        release();
      }
    });
};
