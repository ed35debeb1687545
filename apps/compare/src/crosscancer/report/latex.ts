import { computed, type StudyReport } from './studyReport.js';

/**
 * Two tables to put into a paper, in the form of the booktabs package: mean C and rank of each method, and C of
 * each source → target pair.
 */
export function studyLatex({ study, methods, means, results, differences, headline }: StudyReport): string {
  const cross = results.filter(({ role }) => role === 'cross-domain');
  const pairs = [...new Map(cross.map((row) => [`${row.source} ${row.target}`, row])).values()];
  const overall = new Map(
    differences.filter(({ source }) => source === null).map((row) => [row.method, row.found]),
  );
  const summary = means.map(({ method, crossDomain, inDomain, meanRank }) => {
    const difference = overall.get(method);
    return [
      escape(method),
      ...[inDomain, crossDomain].map((one) =>
        computed(one) ? interval(one.value, one.lower, one.upper) : '--',
      ),
      meanRank === null ? '--' : meanRank.toFixed(2),
      difference && computed(difference)
        ? `${interval(difference.difference, difference.lower, difference.upper)}${difference.belowNoise ? '$^{\\circ}$' : ''}`
        : '--',
    ];
  });
  const byPair = methods.map(({ method }) => [
    escape(method),
    ...pairs.map(({ source, target }) => {
      const { cindex } = cross.find(
        (row) => row.method === method && row.source === source && row.target === target,
      )!;
      return computed(cindex) ? cindex.value.toFixed(3) : '--';
    }),
  ]);
  const sizes = study.cohorts
    .map(({ name, cases, events }) => `${name} ${cases} cases, ${events} events`)
    .join('; ');
  return [
    `% ${headline.replaceAll('\n', ' ')}`,
    `% Made again by: ${study.command.replaceAll('\n', ' ')}`,
    '% Needs \\usepackage{booktabs}.',
    ...table(
      `Harrell's C, mean over runs, with 95\\,\\% intervals; difference to the plain backbone over all cross-domain pairs, $^{\\circ}$ below noise. ${escape(sizes)}.`,
      ['Method', 'In-domain', 'Cross-domain', 'Mean rank', 'Difference'],
      summary,
    ),
    '',
    ...table(
      "Harrell's C of each source $\\to$ target pair, mean over runs.",
      ['Method', ...pairs.map(({ source, target }) => `${escape(source)} $\\to$ ${escape(target)}`)],
      byPair,
    ),
    '',
  ].join('\n');
}

function table(caption: string, titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `    ${cells.join(' & ')} \\\\`;
  return [
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${caption}}`,
    `  \\begin{tabular}{l${'r'.repeat(titles.length - 1)}}`,
    '    \\toprule',
    line(titles),
    '    \\midrule',
    ...rows.map(line),
    '    \\bottomrule',
    '  \\end{tabular}',
    '\\end{table}',
  ];
}

function interval(value: number, lower: number, upper: number): string {
  return `$${value.toFixed(3)}$ ($${lower.toFixed(3)}$, $${upper.toFixed(3)}$)`;
}

const SIGNS: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
};

function escape(text: string): string {
  return text.replace(/[\\~^]|[&%$#_{}]/g, (sign) => SIGNS[sign] ?? `\\${sign}`);
}
