import { markdownTable } from '../describe/markdownTable.js';
import { formatPlural } from '../parity/format.js';
import type { Evidence } from './claim.js';
import { formatCell, formatShort, tensorRows } from './formatEvidence.js';
import type { AuditReport, ClaimResult } from './report.js';

/** What Markdown needs to know of a claim. */
type Told = Pick<
  ClaimResult,
  'id' | 'kind' | 'sentence' | 'source' | 'verdict' | 'why' | 'meaning' | 'evidence' | 'register'
>;

/** The report for a paper's appendix. */
export function renderMarkdown(report: AuditReport): string {
  const parts = Object.entries(report.papers).flatMap(([paper, title]) => {
    const claims = report.claims.filter((claim) => claim.paper === paper);
    if (claims.length === 0) return [];
    return [
      `## ${escaped(title)}`,
      verdictTable(claims),
      ...claims.flatMap((claim) => claimSection(claim, 3)),
    ];
  });
  const { holds, fails, 'cannot be tested here': cannot } = report.summary.verdicts;
  const counts = `${formatPlural(report.claims.length, 'claim')}: ${fails} fail, ${holds} hold, ${cannot} cannot be tested here.`;
  const at = report.checkouts
    .filter(({ state }) => state !== 'absent')
    .map(
      ({ source, found, state }) =>
        `${source}@${found?.slice(0, 7) ?? '?'}${state === 'as pinned' ? '' : ` (${state})`}`,
    );
  const read =
    at.length > 0 ? `Run on ${at.join(', ')}.` : 'No checkout was given; these are the recorded verdicts.';
  const problems = report.problems.map(({ where, problem }) => `- ${escaped(`${where}: ${problem}`)}`);
  return document([
    '# Audit',
    `${counts} ${read} Made with ${escaped(report.command)} on ${report.date.slice(0, 10)}.`,
    ...(problems.length > 0 ? [problems.join('\n')] : []),
    ...parts,
  ]);
}

/** Blocks with an empty line between. */
export function document(blocks: readonly string[]): string {
  return `${blocks.join('\n\n')}\n`;
}

/** Claims and verdicts at a glance. */
export function verdictTable(claims: readonly Told[]): string {
  return markdownTable(
    [{ title: 'Claim' }, { title: 'Kind' }, { title: 'Verdict' }, { title: 'What is claimed' }],
    claims.map(({ id, kind, verdict, sentence }) => [id.split('/')[1]!, kind, verdict, cell(sentence)]),
  );
}

/** One claim: what, where, the verdict, what was seen, what it means. */
export function claimSection(claim: Told, level: number): string[] {
  const rows = claim.register.length > 0 ? ` Register: ${claim.register.join(', ')}.` : '';
  const short = claim.evidence.flatMap((one) => formatShort(one) ?? []).map((line) => `- ${escaped(line)}`);
  const large = claim.evidence.filter((one) => formatShort(one) === undefined);
  return [
    `${'#'.repeat(level)} ${claim.id.split('/')[1]!}`,
    `${escaped(claim.sentence)}`,
    `**${claim.verdict}**: ${escaped(claim.why)}.`,
    ...(short.length > 0 ? [short.join('\n')] : []),
    ...large.flatMap(largeEvidence),
    escaped(claim.meaning),
    `Source: ${escaped(claim.source)}.${rows}`,
  ];
}

function largeEvidence(evidence: Evidence): string[] {
  if ('table' in evidence) {
    const { columns, rows } = evidence.table;
    const align = (i: number) => (rows.every((row) => typeof row[i] === 'number') ? 'right' : 'left');
    return [
      `${escaped(capital(evidence.name))}:`,
      markdownTable(
        columns.map((title, i) => ({ title: cell(title), align: align(i) })),
        rows.map((row) => row.map((value) => cell(formatCell(value)))),
      ),
    ];
  }
  const lines =
    'tensor' in evidence
      ? tensorRows(evidence.tensor.shape, evidence.tensor.values)
      : 'text' in evidence
        ? evidence.text.trimEnd().split('\n')
        : [];
  return [`${escaped(capital(evidence.name))}:`, ['```text', ...lines, '```'].join('\n')];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function cell(text: string): string {
  return escaped(text).replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** Letters that Markdown would take for its own. */
function escaped(text: string): string {
  return text.replace(/[\\<*_`]/g, (sign) => `\\${sign}`);
}
