import { markdownTable, type Column } from '../../describe/markdownTable.js';
import { agreementInWords } from './agreements.js';
import { formatC, formatP } from './headline.js';
import { computed, type StudyReport } from './studyReport.js';
import { differenceInWords, remarksOf, withIntervalInWords, worthInWords } from './words.js';

/** A study as a page of Markdown tables. */
export function studyMarkdown(report: StudyReport): string {
  const { study, methods, results, means, differences, againstRidge, ranking, ridge, planted, settings } =
    report;
  const pairs = [...new Map(results.map((row) => [`${row.source} → ${row.target}`, row])).entries()];
  const sections = [
    '# Cross-cancer study',
    report.headline,
    ...list(remarksOf(report)),
    '## Methods',
    `C is Harrell's, the mean over runs, with 95 % intervals from ${settings.resamples} resamples of the cases. Ranks: ${
      computed(ranking)
        ? `over ${ranking.pairs} cross-domain pairs, 1 is best; Friedman p ${formatP(ranking.friedman.p)}, critical difference ${ranking.criticalDifference.toFixed(2)}.`
        : `none, ${ranking.reason}.`
    }`,
    table(
      ['Method', 'Cross-domain C', 'In-domain C', 'Mean rank', 'Runs', 'Seconds'],
      means.map(({ method, crossDomain, inDomain, meanRank }, i) => [
        method,
        withIntervalInWords(crossDomain),
        withIntervalInWords(inDomain),
        meanRank === null ? '–' : meanRank.toFixed(2),
        String(methods[i]!.cells),
        methods[i]!.seconds.toFixed(0),
      ]),
    ),
    '## Source → target',
    table(
      ['Pair', ...methods.map(({ method }) => method)],
      pairs.map(([name, { source, target }]) => [
        name,
        ...methods.map(({ method }) => {
          const row = results.find(
            (one) => one.method === method && one.source === source && one.target === target,
          )!;
          return computed(row.cindex)
            ? `${formatC(row.cindex.value)} ± ${formatC(row.cindex.resolution)}`
            : '–';
        }),
      ]),
    ),
    ...differenceSection(
      `Against ${ridge}, mean over pairs`,
      againstRidge.map((row) => [row.method, differenceInWords(row), worthInWords(row)]),
    ),
    ...differenceSection(
      'Against the plain backbone',
      differences.map((row) => [
        `${row.method}, ${row.source === null ? `mean of ${row.pairs} pairs` : `${row.source} → ${row.target}`}`,
        differenceInWords(row),
        worthInWords(row),
      ]),
    ),
    ...(planted.length > 0
      ? [
          '## Planted signal',
          table(
            ['Cohort', 'Planted C', 'Best in-domain', 'Best cross-domain'],
            planted.map(({ cohort, planted: allows, inDomain, crossDomain }) => [
              cohort,
              formatC(allows),
              inDomain ? `${formatC(inDomain.value)}, ${inDomain.method}` : '–',
              crossDomain
                ? `${formatC(crossDomain.value)}, ${crossDomain.method} from ${crossDomain.source}`
                : '–',
            ]),
          ),
        ]
      : []),
    ...(report.agreement.length > 0
      ? ['## Both stacks, step by step', agreementInWords(report.agreement)]
      : []),
    '## Data',
    table(
      ['Cohort', 'Cases', 'Events', 'Synthetic'],
      study.cohorts.map(({ name, cases, events, synthetic }) => [
        name,
        String(cases),
        String(events),
        synthetic ? 'yes' : 'no',
      ]),
    ),
    `Seeds ${study.seeds.join(', ')}; ${study.folds} folds; ${study.epochs} epochs. Run again:`,
    `\`\`\`\n${study.command}\n\`\`\``,
  ];
  return `${sections.join('\n\n')}\n`;
}

function list(lines: readonly string[]): string[] {
  return lines.length > 0 ? [lines.map((line) => `- ${line}`).join('\n')] : [];
}

function differenceSection(title: string, rows: readonly string[][]): string[] {
  if (rows.length === 0) return [];
  return [`## ${title}`, table(['Method', 'Difference of C (95 %)', 'Worth'], rows)];
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = titles.map((title, i): Column => ({ title: cell(title), align: i > 0 ? 'right' : 'left' }));
  return markdownTable(
    columns,
    rows.map((cells) => cells.map(cell)),
  );
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
