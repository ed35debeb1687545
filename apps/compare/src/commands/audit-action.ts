import { join, relative, resolve } from 'node:path';
import { localClaims, type ClaimEngine } from '../audit/claimEngine.js';
import { choosePapers, listClaims } from '../audit/listClaims.js';
import { newClaim } from '../audit/newClaim.js';
import type { AuditOptions, AuditProgress } from '../audit/options.js';
import { rayClaims } from '../audit/rayClaims.js';
import type { AuditReport } from '../audit/report.js';
import { makeRunFolder } from '../files/run-folder.js';
import { requireWritable, writeAtomic } from '../files/write-atomic.js';
import { formatPlural } from '../parity/format.js';
import type { AuditFlags } from './audit.js';
import type { CommandContext, ExitCode } from './context.js';
import { stopOnSignal } from './interrupt.js';

const STOP_WORDS = { stopping: 'stopping the checks.', stopped: 'no report was written' };

/** Run an audit as the command line asks, write its files, print its verdicts. */
export async function runAuditCommand(
  papers: readonly string[],
  flags: AuditFlags,
  context: CommandContext,
): Promise<ExitCode> {
  for (const option of ['json', 'report', 'markdown'] as const) {
    const path = flags[option];
    if (path !== undefined && path !== '-') requireWritable(`--${option}`, path);
  }
  const { signal, guard, release } = stopOnSignal((text) => context.err.write(text), STOP_WORDS);
  try {
    const { runAudit } = await context.load.audit();
    const progress = flags.json === '-' ? () => {} : lines(context);
    const report = await guard(runAudit(optionsOf(papers, flags, signal), progress));
    await publish(report, flags, context);
    return exitCode(report);
  } finally {
    release();
  }
}

/** 2 where the audit itself was hindered, else 1 where a verdict is not the recorded one. */
function exitCode({ problems, summary }: AuditReport): ExitCode {
  if (problems.length > 0) return 2;
  return summary.differ > 0 ? 1 : 0;
}

function optionsOf(papers: readonly string[], flags: AuditFlags, signal: AbortSignal): AuditOptions {
  const { published, claims, changed = false, limit, record = false } = flags;
  return {
    ...{ papers, changed, engine: engineOf(flags), limitSeconds: limit, record, signal },
    ...(published !== undefined && { published: resolve(published) }),
    ...(claims !== undefined && { claims: resolve(claims) }),
    command: [
      'concord audit',
      ...papers,
      ...(published === undefined ? [] : ['--published <folder>']),
      ...(changed ? ['--changed'] : []),
    ].join(' '),
  };
}

function engineOf({ engine, address, jobs }: AuditFlags): ClaimEngine {
  if (engine === 'ray') return rayClaims({ jobs, ...(address !== undefined && { address }) });
  if (address !== undefined) throw new Error('--address: only --engine ray has one');
  return localClaims(jobs);
}

function lines({ err }: CommandContext): AuditProgress {
  return ({ id, verdict, basis, differs, seconds }, done, total) => {
    const how = basis === 'run' ? `${seconds.toFixed(1)} s` : basis;
    err.write(`[${done}/${total}] ${id}: ${verdict}, ${how}${differs ? ' (!)' : ''}\n`);
  };
}

async function publish(report: AuditReport, flags: AuditFlags, context: CommandContext): Promise<void> {
  const json = `${JSON.stringify(report, null, 2)}\n`;
  const folder = makeRunFolder(join(context.cwd, 'reports', 'audit'), new Date(report.date));
  const [{ renderAuditPage }, { renderMarkdown }, { writeCrate }, { renderTerminal }, { default: pc }] =
    await Promise.all([
      import('../audit/html/page.js'),
      import('../audit/markdown.js'),
      import('../audit/crate.js'),
      import('../audit/terminal.js'),
      import('picocolors'),
    ]);
  const texts = { json, html: renderAuditPage(report), md: renderMarkdown(report) };
  for (const [ending, text] of Object.entries(texts)) writeAtomic(join(folder, `report.${ending}`), text);
  await writeCrate(folder);
  const copies = { json: flags.json, html: flags.report, md: flags.markdown };
  for (const [ending, path] of Object.entries(copies)) {
    const text = texts[ending as keyof typeof texts];
    if (path !== undefined && path !== '-') writeAtomic(resolve(context.cwd, path), text);
  }
  if (flags.json === '-') return context.out(json);
  const shown = relative(context.cwd, folder) || folder;
  const files = { report: join(shown, 'report.html'), json: join(shown, 'report.json'), crate: shown };
  await context.out(`\n${renderTerminal(report, files, pc.createColors(context.colors))}`);
}

/** Name the claims; broken files are named, too, and end in 2. */
export async function listAuditCommand(
  papers: readonly string[],
  flags: AuditFlags,
  { out, err }: CommandContext,
): Promise<ExitCode> {
  const listing = choosePapers(await listClaims(flags.claims && resolve(flags.claims)), papers);
  const text = Object.entries(listing.papers).flatMap(([paper, { title }]) => {
    const claims = listing.claims.filter((claim) => claim.paper === paper);
    const rows = claims.map(
      ({ id, kind, recorded, sentence }) => `  ${id} · ${kind} · ${recorded}\n    ${sentence}`,
    );
    return [`${title} (${formatPlural(claims.length, 'claim')})`, ...rows, ''];
  });
  await out(text.join('\n'));
  for (const { where, problem } of listing.problems) err.write(`${where}: ${problem}\n`);
  return listing.problems.length > 0 ? 2 : 0;
}

/** Scaffold a claim. */
export async function newClaimCommand(
  id: string,
  { claims }: AuditFlags,
  { out, cwd }: CommandContext,
): Promise<ExitCode> {
  const files = newClaim(id, claims && resolve(claims)).map((path) => relative(cwd, path));
  await out(`${files.map((file) => `wrote ${file}`).join('\n')}\n`);
  return 0;
}

/** Print the documentation's page of a paper. */
export async function pageAuditCommand(
  paper: string,
  { claims }: AuditFlags,
  { out }: CommandContext,
): Promise<ExitCode> {
  const listing = choosePapers(await listClaims(claims && resolve(claims)), [paper]);
  const { paperPage } = await import('../audit/paperPage.js');
  await out(await paperPage(paper, listing));
  return listing.problems.length > 0 ? 2 : 0;
}
