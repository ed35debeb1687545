import { verifyFiles, type VerifyReport } from '@concord/data';
import type { CommandContext, ExitCode } from '../commands/context.js';
import { formatBytes } from '../commands/data/bytes.js';
import type { VerifyFlags } from '../commands/data/verify.js';
import { stopOnSignal } from '../commands/interrupt.js';
import { requireWritable } from '../files/write-atomic.js';
import { byteProgress } from './byteProgress.js';
import { firstLines, reportOut } from './reportOut.js';
import { selectManifest } from './selectManifest.js';

/** Version of the form in which verdicts are written. */
const SCHEMA = 'concord-verify/1';
const WORDS = { stopping: 'stopping.', stopped: 'nothing was changed' };

/** Verify, say what is wrong; 1 if anything is. */
export async function runVerify(
  path: string,
  { dir, name, threads, json }: VerifyFlags,
  context: CommandContext,
): Promise<ExitCode> {
  if (json !== undefined && json !== '-') requireWritable('--json', json);
  const manifest = await selectManifest(path, name, context);
  const { signal, guard, release } = stopOnSignal((text) => context.err.write(text), WORDS);
  const progress = byteProgress(context);
  try {
    const checked = verifyFiles(manifest, dir, {
      ...(threads !== undefined && { threads }),
      signal,
      progress: {
        start: (files, bytes) => progress.stage('verifying', bytes, files),
        bytes: (count) => progress.bytes(count),
        file: () => progress.file(),
      },
    });
    const report = await guard(checked);
    progress.end();
    await reportOut({ schema: SCHEMA, ...report }, textOf(report), json, context);
    return report.ok ? 0 : 1;
  } finally {
    progress.end();
    release();
  }
}

function textOf({ manifest, files, counts, strangers, bytesHashed, seconds, ok }: VerifyReport): string {
  const wrong = files.filter(({ verdict }) => verdict !== 'ok' && verdict !== 'size only');
  const lines = wrong.map(({ id, filename, verdict, detail }) => {
    return `  ${verdict.padEnd(13)} ${id}/${filename}${detail === undefined ? '' : `: ${detail}`}`;
  });
  const counted = Object.entries(counts).filter(([, count]) => count > 0);
  const rate = seconds > 0.1 ? `, ${formatBytes(Math.round(bytesHashed / seconds))}/s` : '';
  return [
    `${manifest} · ${files.length} files · ${formatBytes(bytesHashed)} read in ${seconds.toFixed(1)} s${rate}`,
    ...firstLines(lines),
    ...(strangers.length > 0 ? [`  ${strangers.length} folders of other files are there, too`] : []),
    `${ok ? 'RIGHT' : 'WRONG'}  ${counted.map(([verdict, count]) => `${count} ${verdict}`).join(', ')}`,
    '',
  ].join('\n');
}
