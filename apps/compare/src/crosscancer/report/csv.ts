import { computed, type DifferenceRow, type StudyReport } from './studyReport.js';

const COLUMNS = [
  ...['method', 'backbone', 'module', 'stack', 'source', 'target', 'role', 'cells', 'cases', 'events'],
  ...['cindex', 'lower', 'upper', 'resolution', 'seedDeviation', 'logRankP'],
  ...['differenceToPlain', 'differenceLower', 'differenceUpper', 'differenceP', 'differencePCorrected'],
  ...['differenceTrainingP', 'differenceResolution', 'verdict'],
] as const;

/** One line for each method, source and target; empty where something could not be computed. */
export function studyCsv({ methods, results, differences }: StudyReport): string {
  const lines = results.map((row) => {
    const { backbone, module, stack } = methods.find(({ method }) => method === row.method)!;
    const { cindex, logRank } = row;
    const difference = differences.find(
      (one) => one.method === row.method && one.source === row.source && one.target === row.target,
    );
    return [
      ...[row.method, backbone, module, stack, row.source, row.target, row.role],
      ...[row.cells, row.cases, row.events],
      ...(computed(cindex)
        ? [cindex.value, cindex.lower, cindex.upper, cindex.resolution]
        : ['', '', '', '']),
      row.seedDeviation ?? '',
      computed(logRank) ? logRank.p : '',
      ...differenceCells(difference),
    ];
  });
  return [COLUMNS, ...lines].map((cells) => `${cells.map(quoted).join(',')}\n`).join('');
}

function differenceCells(row: DifferenceRow | undefined): (string | number)[] {
  if (!row) return new Array<string>(8).fill('');
  const { found } = row;
  if (!computed(found)) return [...new Array<string>(7).fill(''), `not computed: ${found.reason}`];
  return [
    ...[found.difference, found.lower, found.upper, found.p, found.pCorrected],
    ...[found.trainingP ?? '', found.resolution, found.verdict],
  ];
}

function quoted(cell: string | number): string {
  const text = String(cell);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
