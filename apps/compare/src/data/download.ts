import { resolve } from 'node:path';
import {
  connectGdc,
  downloadFiles,
  GdcToken,
  planDownload,
  readToken,
  requireRoom,
  type DownloadPlan,
  type DownloadReport,
  type Manifest,
} from '@concord/data';
import type { CommandContext, ExitCode } from '../commands/context.js';
import { formatBytes } from '../commands/data/bytes.js';
import type { DownloadFlags } from '../commands/data/download.js';
import { stopOnSignal } from '../commands/interrupt.js';
import { requireWritable } from '../files/write-atomic.js';
import { byteProgress, type ByteProgress } from './byteProgress.js';
import { firstLines, reportOut } from './reportOut.js';
import { selectManifest } from './selectManifest.js';

/** Versions of the forms in which outcomes and plans are written. */
const SCHEMA = 'concord-download/1';
const PLAN_SCHEMA = 'concord-download-plan/1';
const WORDS = {
  stopping: 'stopping; finished files stay, unfinished ones go on next time.',
  stopped: 'run it again to go on',
};

/** Download, say what did not come; 1 if anything did not. */
export async function runDownload(
  path: string,
  flags: DownloadFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const { name, json, dryRun } = flags;
  if (json !== undefined && json !== '-') requireWritable('--json', json);
  const manifest = await selectManifest(path, name, context);
  const { signal, guard, release } = stopOnSignal((text) => context.err.write(text), WORDS);
  const progress = byteProgress(context);
  try {
    const work = dryRun
      ? plan(manifest, flags, progress, signal)
      : fetchAll(manifest, flags, progress, signal, context);
    const { report, text, code } = await guard(work);
    progress.end();
    await reportOut(report, text, json, context);
    return code;
  } finally {
    progress.end();
    release();
  }
}

interface Outcome {
  readonly report: object;
  readonly text: string;
  readonly code: ExitCode;
}

async function plan(
  manifest: Manifest,
  { dir, maxBytes }: DownloadFlags,
  progress: ByteProgress,
  signal: AbortSignal,
): Promise<Outcome> {
  const planned = await planDownload(manifest, resolve(dir), { signal, heard: checking(progress, manifest) });
  requireRoom(planned, maxBytes);
  const files = planned.files.map(({ entry: { id, filename, size }, action, bytes }) => ({
    ...{ id, filename, action },
    ...(size !== undefined && { size }),
    ...(bytes !== undefined && { bytes }),
  }));
  return { report: { schema: PLAN_SCHEMA, ...planned, files }, text: planText(manifest, planned), code: 0 };
}

async function fetchAll(
  manifest: Manifest,
  flags: DownloadFlags,
  progress: ByteProgress,
  signal: AbortSignal,
  context: CommandContext,
): Promise<Outcome> {
  const token = await tokenOf(flags, context);
  const { baseUrl, atOnce, retries, maxBytes } = flags;
  const connection = connectGdc({
    env: context.env,
    ...(baseUrl !== undefined && { baseUrl }),
    ...(token && { token }),
  });
  try {
    const checked = checking(progress, manifest);
    const report = await downloadFiles(connection, manifest, resolve(flags.dir), {
      ...{ concurrency: atOnce, retries, signal },
      ...(maxBytes !== undefined && { maxBytes }),
      progress: {
        checking: checked,
        start: ({ bytesToFetch, files }) => progress.stage('downloading', bytesToFetch, files.length),
        bytes: (count) => progress.bytes(count),
        file: () => progress.file(),
      },
    });
    return { report: { schema: SCHEMA, ...report }, text: textOf(report), code: report.ok ? 0 : 1 };
  } finally {
    await connection.close();
  }
}

/** Of a file, or of the environment; never of the command line, which other users of the machine can read. */
async function tokenOf({ token }: DownloadFlags, { env }: CommandContext): Promise<GdcToken | undefined> {
  if (token !== undefined) return readToken(token);
  const text = env['GDC_TOKEN'];
  return text === undefined || text === '' ? undefined : new GdcToken(text, 'GDC_TOKEN');
}

/** Files that are there are read before anything is fetched. */
function checking(progress: ByteProgress, { entries }: Manifest): (bytes: number, total: number) => void {
  let begun = false;
  return (bytes, total) => {
    if (!begun) progress.stage('checking what is there', total, entries.length);
    begun = true;
    progress.bytes(bytes);
  };
}

function planText(
  { source }: Manifest,
  { folder, files, bytesToFetch, unknownSizes, bytesFree }: DownloadPlan,
): string {
  const lines = (['have', 'resume', 'fetch', 'replace'] as const).flatMap((action) => {
    const of = files.filter((file) => file.action === action);
    const bytes = of.reduce((sum, file) => sum + (file.bytes ?? 0), 0);
    return of.length === 0 ? [] : [`  ${action.padEnd(8)} ${of.length} files, ${formatBytes(bytes)} to come`];
  });
  const unknown = unknownSizes === 0 ? '' : `, and ${unknownSizes} files of unknown size`;
  return [
    `${source} · ${files.length} files → ${folder}`,
    ...lines,
    `DRY RUN  ${formatBytes(bytesToFetch)}${unknown} to come, ${formatBytes(bytesFree)} free; nothing was fetched`,
    '',
  ].join('\n');
}

function textOf({
  manifest,
  folder,
  files,
  counts,
  bytesFetched,
  seconds,
  release,
  ok,
}: DownloadReport): string {
  const lines = files
    .filter(({ problem }) => problem !== undefined)
    .map(({ id, filename, outcome, problem }) => `  ${outcome.padEnd(8)} ${id}/${filename}: ${problem}`);
  const unchecked = files.filter(({ fetched }) => fetched?.checkedBy === 'nobody').length;
  const counted = Object.entries(counts).filter(([, count]) => count > 0);
  const rate = seconds > 0.1 ? `, ${formatBytes(Math.round(bytesFetched / seconds))}/s` : '';
  return [
    `${manifest} · ${files.length} files → ${folder} · ${release ?? 'release unknown'}`,
    ...firstLines(lines),
    ...(unchecked > 0
      ? [`  ${unchecked} files could not be checked: neither manifest nor server says their MD5`]
      : []),
    `  ${formatBytes(bytesFetched)} fetched in ${seconds.toFixed(1)} s${rate}`,
    `${ok ? 'COMPLETE' : 'INCOMPLETE'}  ${counted.map(([outcome, count]) => `${count} ${outcome}`).join(', ')}`,
    '',
  ].join('\n');
}
