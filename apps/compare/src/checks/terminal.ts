import Table from 'cli-table3';
import { formatShort } from '../audit/formatEvidence.js';
import { formatPlural } from '../parity/format.js';
import type { Colors } from '../parity/terminal.js';
import type { CheckVerdict } from './check.js';
import type { CheckReport } from './checkReport.js';
import type { CheckedRun, CheckResult } from './runChecks.js';

/** With more runs than these each shows what was found, and the rest is counted. */
const IN_FULL = 3;
/** Files that are named as not used. */
const UNUSED = 8;

/** What is left on the screen: a table for each run, what was found and what to do, the last word. */
export function renderChecks(report: CheckReport, files: readonly string[], colors: Colors): string {
  const { runs, problems } = report;
  const parts = [
    ...runs.map((run) => runText(run, runs.length <= IN_FULL, colors)),
    ...problems.map(({ where, problem }) => `${colors.red(where)}  ${problem}`),
    lastWord(report, colors),
    files.map((file) => `${colors.dim('wrote')}  ${file}`).join('\n'),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function runText(run: CheckedRun, inFull: boolean, colors: Colors): string {
  const found = run.checks.filter(({ verdict }) => verdict === 'found');
  if (!inFull && found.length === 0) return '';
  const read = run.read.map((line) => colors.dim(`  ${line}`));
  const more = run.unused.length - UNUSED;
  const unused = run.unused
    .slice(0, UNUSED)
    .map(({ file, why }) => `  ${colors.yellow('not used')}  ${file}: ${why}`);
  return [
    colors.bold(run.folder),
    ...(inFull ? read : []),
    ...unused,
    ...(more > 0 ? [`  ${formatPlural(more, 'other file')} not used`] : []),
    ...(inFull ? ['', tableOf(run.checks, colors)] : []),
    ...found.flatMap((check) => ['', ...foundText(check, colors)]),
  ].join('\n');
}

function tableOf(checks: readonly CheckResult[], colors: Colors): string {
  const edges = ['top', 'bottom', 'left', 'right', 'mid'];
  const blank = [...edges, 'top-mid', 'top-left', 'top-right', 'bottom-mid', 'bottom-left', 'bottom-right'];
  const table = new Table({
    head: ['check', 'verdict', ''].map((word) => colors.dim(word)),
    colWidths: [24, 18, 78],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
    chars: {
      ...Object.fromEntries([...blank, 'left-mid', 'mid-mid', 'right-mid'].map((name) => [name, ''])),
      middle: ' ',
    },
  });
  for (const { id, verdict, why } of checks) table.push([id, colored(verdict, colors), why]);
  return table.toString().replace(/ +$/gm, '');
}

function colored(verdict: CheckVerdict, colors: Colors): string {
  const color = { found: colors.red, 'not found': colors.green, 'cannot be judged': colors.yellow }[verdict];
  return color(verdict);
}

function foundText({ id, mistake, why, effect, remedy, evidence }: CheckResult, colors: Colors): string[] {
  const seen = evidence.flatMap((one) => formatShort(one) ?? []);
  return [
    `${colors.bold(colors.red(`! ${id}`))}  ${mistake}`,
    `  ${why}`,
    ...seen.map((line) => `  ${line}`),
    `  ${colors.dim('does')}  ${effect}`,
    `  ${colors.dim('do')}    ${remedy}`,
  ];
}

function lastWord({ summary, runs, problems }: CheckReport, colors: Colors): string {
  const { found, 'not found': not, 'cannot be judged': cannot } = summary;
  const word =
    found > 0
      ? colors.red('FOUND')
      : runs.length > 0
        ? colors.green('NOTHING FOUND')
        : colors.yellow('NOT CHECKED');
  const troubled = problems.length > 0 ? `, ${formatPlural(problems.length, 'folder')} not read` : '';
  const counts = `${formatPlural(runs.length, 'run')}: ${formatPlural(found, 'mistake')} found, ${not} not there, ${cannot} cannot be judged`;
  return `${colors.bold(word)}  ${counts}${troubled}`;
}
