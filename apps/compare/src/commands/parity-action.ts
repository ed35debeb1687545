import { rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { makeRunFolder } from '../files/run-folder.js';
import { requireWritable, writeAtomic } from '../files/write-atomic.js';
import { liveProgress, plainProgress, silentProgress } from '../parity/progress.js';
import type { ParityReport, Status } from '../parity/report.js';
import { serializeReport } from '../parity/serialize.js';
import type { ParityOptions, ProgressSink } from '../parity/types.js';
import { chooseNames } from './arguments.js';
import { quoted } from './commandLine.js';
import type { CommandContext, ExitCode } from './context.js';
import { stopOnSignal } from './interrupt.js';
import type { ParityFlags } from './parity.js';

const EXIT: Readonly<Record<Status, ExitCode>> = { same: 0, differs: 1, 'not compared': 2 };

/**
 * Run parity as the command line asks, write its files, print its verdict.
 *
 * @throws Error, with nothing left behind, when it could not run.
 */
export async function runParityCommand(flags: ParityFlags, context: CommandContext): Promise<ExitCode> {
  const toStdout = flags.json === '-';
  if (flags.json && !toStdout) requireWritable('--json', flags.json);
  if (flags.report) requireWritable('--report', flags.report);
  const inventory = await context.load.inventory();
  const modules = chooseNames('--module', flags.module, inventory.modules);
  const backbones = chooseNames('--backbone', flags.backbone, inventory.backbones(context.cwd));

  const folder = makeRunFolder(join(context.cwd, 'reports', 'parity'), new Date());
  const { signal, guard, release } = stopOnSignal((text) => context.err.write(text));
  try {
    const options = optionsOf(flags, { backbones, modules, cwd: context.cwd }, folder, signal);
    const progress = toStdout ? silentProgress : await progressOn(context);
    const { runParity } = await context.load.parity();
    const report = await guard(runParity(options, progress));
    await publish(report, flags, folder, context);
    return EXIT[report.summary.status];
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  } finally {
    release();
  }
}

function optionsOf(
  flags: ParityFlags,
  chosen: Pick<ParityOptions, 'backbones' | 'modules' | 'cwd'>,
  outDir: string,
  signal: AbortSignal,
): ParityOptions {
  const { preset, cohort, steps, seed, factor, backend, data, published, replay } = flags;
  return {
    ...chosen,
    ...{ preset, cohort, steps, seed, factor, backend, outDir, signal },
    ...(data && { dataDir: resolve(data) }),
    ...(published && { publishedDir: resolve(published) }),
    ...(replay && { replay: resolve(replay) }),
    command: commandLine(flags),
  };
}

/** The command line that makes the run again, with every value that was left to its default. */
function commandLine(flags: ParityFlags): string {
  const names = [
    'preset',
    'backbone',
    'module',
    'cohort',
    'data',
    'steps',
    'seed',
    'published',
    'factor',
    'backend',
  ] as const;
  const parts = names.flatMap((name) =>
    flags[name] === undefined ? [] : [`--${name} ${quoted(String(flags[name]))}`],
  );
  return ['concord parity', ...parts].join(' ');
}

async function progressOn({ err }: CommandContext): Promise<ProgressSink> {
  if (!err.isTTY) return plainProgress(err);
  const { default: ora } = await import('ora');
  return liveProgress(ora({ stream: process.stderr, discardStdin: false }));
}

/** Write the files, then say the verdict. Loaded here: the page brings Plot with it. */
async function publish(
  report: ParityReport,
  flags: ParityFlags,
  folder: string,
  context: CommandContext,
): Promise<void> {
  const page = resolve(context.cwd, flags.report ?? join(folder, 'report.html'));
  const { renderPage } = await import('../parity/html/page.js');
  writeAtomic(page, renderPage(report));
  if (flags.json === '-') {
    await context.out(serializeReport(report));
    return;
  }
  const json = resolve(context.cwd, flags.json ?? join(folder, 'report.json'));
  writeAtomic(json, serializeReport(report));
  const shown = (path: string) => relative(context.cwd, path) || path;
  const tape = report.tape.file && { tape: shown(resolve(context.cwd, report.tape.file)) };
  const [{ renderTerminal }, { default: pc }] = await Promise.all([
    import('../parity/terminal.js'),
    import('picocolors'),
  ]);
  const files = { report: shown(page), json: shown(json), ...tape };
  await context.out(`\n${renderTerminal(report, files, pc.createColors(context.colors))}`);
}
