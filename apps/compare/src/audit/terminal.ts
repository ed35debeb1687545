import Table from 'cli-table3';
import type { Colors } from '../parity/terminal.js';
import { formatPlural } from '../parity/format.js';
import { formatShort } from './formatEvidence.js';
import type { AuditReport, ClaimResult } from './report.js';

/** What is left on the screen after an audit: a table for each paper, what differs, problems, the last word, files. */
export function renderTerminal(
  report: AuditReport,
  files: Readonly<Record<string, string>>,
  colors: Colors,
): string {
  const papers = Object.entries(report.papers).map(([paper, title]) => {
    const claims = report.claims.filter((claim) => claim.paper === paper);
    return claims.length === 0 ? '' : `${colors.bold(title)}\n${tableOf(claims, colors)}`;
  });
  const problems = report.problems.map(({ where, problem }) => `${colors.red(where)}  ${problem}`);
  const width = Math.max(0, ...Object.keys(files).map((name) => name.length));
  const paths = Object.entries(files).map(([name, path]) => `${colors.dim(name.padEnd(width))}  ${path}`);
  const parts = [
    ...papers,
    ...differing(report, colors),
    problems.join('\n'),
    basisOf(report),
    lastWord(report, colors),
  ];
  return `${[...parts, paths.join('\n')].filter((part) => part !== '').join('\n\n')}\n`;
}

function tableOf(claims: readonly ClaimResult[], colors: Colors): string {
  const table = new Table({
    head: ['claim', 'kind', 'verdict', ''].map((word) => colors.dim(word)),
    colWidths: [34, 10, 12, 74],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: ' ',
    },
  });
  for (const claim of claims) {
    table.push([claim.id.split('/')[1]!, claim.kind, verdictOf(claim, colors), claim.sentence]);
  }
  return table.toString().replace(/ +$/gm, '');
}

function verdictOf({ verdict, differs, basis }: ClaimResult, colors: Colors): string {
  const word = verdict === 'cannot be tested here' ? 'cannot' : verdict;
  const mark = `${basis === 'run' ? '' : ' *'}${differs ? ' !' : ''}`;
  const color = verdict === 'holds' ? colors.green : verdict === 'fails' ? colors.red : colors.yellow;
  return color(`${word}${mark}`);
}

/** Each claim whose verdict is not the recorded one, with what was seen. */
function differing({ claims }: AuditReport, colors: Colors): string[] {
  return claims
    .filter(({ differs }) => differs)
    .map(({ id, verdict, recorded, why, evidence }) => {
      const seen = evidence.flatMap((one) => formatShort(one) ?? []).map((line) => `  ${line}`);
      return [colors.bold(`! ${id}: ${verdict}, recorded: ${recorded}`), `  ${why}`, ...seen].join('\n');
    });
}

function basisOf({ summary }: AuditReport): string {
  const notRun = summary.recorded + summary.refused;
  if (notRun === 0) return '';
  const parts = [
    ...(summary.recorded > 0
      ? [`${formatPlural(summary.recorded, 'verdict')} from the record, without a checkout`]
      : []),
    ...(summary.refused > 0 ? [`${formatPlural(summary.refused, 'claim')} not run`] : []),
  ];
  return `* ${parts.join('; ')}`;
}

function lastWord({ summary, claims, problems }: AuditReport, colors: Colors): string {
  const { holds, fails, 'cannot be tested here': cannot } = summary.verdicts;
  const counts = `${formatPlural(claims.length, 'claim')}: ${fails} fail, ${holds} hold, ${cannot} cannot be tested here`;
  const word = summary.differ > 0 ? colors.red('DIFFERS') : colors.green('AS RECORDED');
  const more = [
    ...(summary.differ > 0 ? [`${formatPlural(summary.differ, 'verdict')} not as recorded`] : []),
    ...(problems.length > 0 ? [formatPlural(problems.length, 'problem')] : []),
    `${summary.seconds.toFixed(0)} s`,
  ];
  return `${colors.bold(word)}  ${counts} (${more.join(', ')})`;
}
