import { computed, type DifferenceRow } from './studyReport.js';

/** A C-index or a difference of two, as people read it. */
export function formatC(value: number): string {
  return value.toFixed(3).replace('-', '−');
}

/** A p-value: never 0. */
export function formatP(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

/**
 * Whether deep models beat ridge Cox, in one sentence: the first that a reader sees.
 *
 * @param ridge name of the ridge Cox that they are compared with; null where there is none.
 */
export function headlineOf(againstRidge: readonly DifferenceRow[], ridge: string | null): string {
  if (ridge === null) {
    return 'Ridge Cox is not in this study, so nothing here says whether a deep model beats it.';
  }
  const tested = againstRidge.flatMap((row) => (computed(row.found) ? [{ ...row, found: row.found }] : []));
  if (tested.length === 0) {
    const why = againstRidge.flatMap(({ found }) => (computed(found) ? [] : [found.reason]))[0];
    return `No deep model could be compared with ${ridge}: ${why ?? 'there is no deep model in this study'}.`;
  }
  const best = tested.reduce((a, b) => (b.found.difference > a.found.difference ? b : a));
  const pairs = `${best.pairs} source → target ${best.pairs === 1 ? 'pair' : 'pairs'}`;
  const { first, second, difference, lower, upper, pCorrected, resolution } = best.found;
  const figures =
    `${formatC(first)} against ${formatC(second)}, a difference of ${formatC(difference)} ` +
    `(95 % interval ${formatC(lower)} to ${formatC(upper)}, corrected p ${formatP(pCorrected)})`;
  const once =
    best.found.trainingDeviation === null
      ? ' Each was trained once, which says nothing of how lucky that training was.'
      : '';
  const better = tested.filter(({ found }) => found.pCorrected < 0.05 && found.difference > 0);
  const of = `${tested.length} deep ${tested.length === 1 ? 'model' : 'models'}`;
  if (better.length > 0) {
    return `${better.length} of ${of} ${better.length === 1 ? 'beats' : 'beat'} ${ridge} over ${pairs}: ${best.method} has ${figures}.${once}`;
  }
  const worse = tested.filter(({ found }) => found.pCorrected < 0.05 && found.difference < 0).length;
  const noise = best.found.belowNoise
    ? ` That is below noise: nothing under ${formatC(resolution)} can be told from none.`
    : '';
  const lost = worse > 0 ? ` ${worse} of ${of} ${worse === 1 ? 'is' : 'are'} worse than ${ridge}.` : '';
  return `No deep model beats ${ridge} over ${pairs}: the best of ${of}, ${best.method}, has ${figures}.${noise}${lost}${once}`;
}
