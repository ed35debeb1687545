import { join, relative, resolve } from 'node:path';
import { requireWritable, writeAtomic } from '../../files/write-atomic.js';
import { existingFile } from '../arguments.js';
import { stopOnSignal } from '../interrupt.js';
import type { AddDataCommand } from './data.js';

interface DoctorFlags {
  readonly slides?: string;
  readonly report: string;
  readonly json?: string;
}

/** Findings that the terminal shows; all of them are in the report. */
const SHOWN = 20;

/** `concord data doctor`: what is broken in a folder of features, before training. */
export const addDataDoctor: AddDataCommand = (data, context, finish) => {
  data
    .command('doctor')
    .summary('say what is broken in folders of patch features and tables')
    .description(
      'Read every number of the patch features in some folders and name what breaks or falsifies a training: NaN ' +
        'and infinities, empty and damaged files, files shorter than their twin in another format, mixed widths ' +
        'and encoders, one slide under two names, missing slides. Name h5_files and pt_files together to compare twins. ' +
        'Tables in the folders (outcomes, expression, splits) are read as well: text among numbers, one case with two ' +
        'outcomes, ids that were sorted without their times, splits that leak.',
    )
    .argument('<folder...>', 'folders of features and tables, or files')
    .option(
      '--slides <file>',
      'slides that ought to be there: a text file, or a CSV with slide_id',
      existingFile,
    )
    .option('--report <folder>', 'where doctor.html and doctor.csv go', join('reports', 'data-doctor'))
    .option('--json <file>', 'where the findings go as JSON; - is standard output')
    .addHelpText('after', '\nExit codes: 0 no problem, 1 problems were found, 2 it could not run.\n')
    .action(async (sources: string[], { slides, report: folder, json }: DoctorFlags) => {
      requireWritable('--report', join(folder, 'doctor.html'));
      if (json && json !== '-') requireWritable('--json', json);
      const [{ inspectFolders }, { doctorCsv }, { doctorPage }, { slowProgress }] = await Promise.all([
        import('../../data/inspectFolders.js'),
        import('../../data/doctorCsv.js'),
        import('../../data/doctorPage.js'),
        import('../../data/slowProgress.js'),
      ]);
      const { signal, guard, release } = stopOnSignal((text) => context.err.write(text), {
        stopping: 'stopping.',
        stopped: 'nothing was written',
      });
      const progress = slowProgress(context.err, 'reading');
      try {
        const report = await guard(
          inspectFolders(
            sources.map((path) => resolve(context.cwd, path)),
            { slides: slides && resolve(context.cwd, slides), signal, progress: progress.step },
          ),
        );
        progress.end();
        const target = resolve(context.cwd, folder);
        writeAtomic(join(target, 'doctor.html'), doctorPage(report));
        writeAtomic(join(target, 'doctor.csv'), doctorCsv(report));
        const text = `${JSON.stringify(report, null, 2)}\n`;
        if (json && json !== '-') writeAtomic(resolve(context.cwd, json), text);
        await context.out(json === '-' ? text : summary(report, relative(context.cwd, target) || '.'));
        finish(report.problems > 0 ? 1 : 0);
      } finally {
        progress.end();
        release();
      }
    });
};

interface Summarised {
  readonly findings: readonly {
    readonly kind: string;
    readonly severity: string;
    readonly slide: string;
    readonly text: string;
  }[];
  readonly files: readonly unknown[];
  readonly tables: readonly unknown[];
  readonly problems: number;
  readonly warnings: number;
}

function summary({ findings, files, tables, problems, warnings }: Summarised, folder: string): string {
  const ordered = [...findings].sort(
    (a, b) => Number(b.severity === 'problem') - Number(a.severity === 'problem'),
  );
  const lines = ordered
    .slice(0, SHOWN)
    .map(
      ({ kind, severity, slide, text }) => `${severity === 'problem' ? '✗' : '!'} ${slide}  ${kind}: ${text}`,
    );
  const more = findings.length > SHOWN ? [`… and ${findings.length - SHOWN} more`] : [];
  const word = problems > 0 ? 'PROBLEMS' : 'HEALTHY';
  const of = tables.length === 1 ? '1 table' : `${tables.length} tables`;
  const read = [`${files.length} files`, ...(tables.length > 0 ? [of] : [])].join(', ');
  const counts = `${read}, ${problems} problems, ${warnings} warnings`;
  return [...lines, ...more, `${word}  ${counts} → ${join(folder, 'doctor.html')}`, ''].join('\n');
}
