import { join, relative, resolve } from 'node:path';
import type { Explanation } from '../explain/explanation.js';
import { makeRunFolder } from '../files/run-folder.js';
import { requireWritable, writeAtomic } from '../files/write-atomic.js';
import { quoted } from './commandLine.js';
import type { CommandContext, ExitCode } from './context.js';
import type { ExplainFlags } from './explain.js';
import { stopOnSignal } from './interrupt.js';
import { listed } from './trainFlags.js';

const STOP_WORDS = { stopping: 'stopping after this step.', stopped: 'nothing was written' };

/** Explain as the command line asks, write the files, print the answer. */
export async function runExplainCommand(
  folders: readonly [a: string, b: string],
  flags: ExplainFlags,
  context: CommandContext,
): Promise<ExitCode> {
  for (const option of ['json', 'report', 'markdown'] as const) {
    const path = flags[option];
    if (path !== undefined && path !== '-') requireWritable(`--${option}`, path);
  }
  const { runExplain } = await import('../explain/run.js');
  const { cohort, part, resamples, seed } = flags;
  const { signal, guard, release } = stopOnSignal((text) => context.err.write(text), STOP_WORDS);
  try {
    const note = (text: string) => void context.err.write(`${text}\n`);
    const run = runExplain({
      ...{ folders, cwd: context.cwd, resamples, seed },
      command: ['concord explain', ...folders.map(quoted), ...given(flags)].join(' '),
      ...(cohort !== undefined && { cohort }),
      ...(part !== undefined && { part }),
      ...(flags.retrain && { retrain: { data: listed(flags.data ?? ''), signal, note } }),
    });
    const explanation = await guard(run);
    await publish(explanation, flags, context);
    return explanation.status === 'unexplained' ? 1 : 0;
  } finally {
    release();
  }
}

/** Options that an explanation depends on. */
function given({ cohort, part, resamples, seed, retrain, data }: ExplainFlags): string[] {
  return [
    ...(retrain ? ['--retrain'] : []),
    ...(data === undefined ? [] : ['--data', quoted(data)]),
    ...(cohort === undefined ? [] : ['--cohort', quoted(cohort)]),
    ...(part === undefined ? [] : ['--part', part]),
    ...['--resamples', String(resamples), '--seed', String(seed)],
  ];
}

async function publish(
  explanation: Explanation,
  flags: ExplainFlags,
  context: CommandContext,
): Promise<void> {
  const [{ explanationPage }, { explanationMarkdown }, { renderTerminal }, { default: pc }] =
    await Promise.all([
      import('../explain/html/page.js'),
      import('../explain/markdown.js'),
      import('../explain/terminal.js'),
      import('picocolors'),
    ]);
  const json = `${JSON.stringify(explanation, null, 2)}\n`;
  const texts = { json, html: explanationPage(explanation), md: explanationMarkdown(explanation) };
  const copies = { json: flags.json, html: flags.report, md: flags.markdown };
  for (const [ending, path] of Object.entries(copies)) {
    if (path !== undefined && path !== '-') {
      writeAtomic(resolve(context.cwd, path), texts[ending as keyof typeof texts]);
    }
  }
  if (flags.json === '-') return context.out(json);
  const folder = makeRunFolder(join(context.cwd, 'reports', 'explain'), new Date());
  for (const [ending, text] of Object.entries(texts)) writeAtomic(join(folder, `report.${ending}`), text);
  const shown = relative(context.cwd, folder) || folder;
  const files = { report: join(shown, 'report.html'), json: join(shown, 'report.json') };
  await context.out(renderTerminal(explanation, files, pc.createColors(context.colors)));
}
