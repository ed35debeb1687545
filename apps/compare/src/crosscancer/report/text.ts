import { agreementInWords } from './agreements.js';
import { computed, type StudyReport } from './studyReport.js';
import { formatP } from './headline.js';
import { differenceInWords, remarksOf, withIntervalInWords, worthInWords } from './words.js';

/** A study for a terminal: what it says in a few lines; the rest is in the files. */
export function studyText(report: StudyReport): string {
  const { means, differences, ranking } = report;
  const width = Math.max(...means.map(({ method }) => method.length));
  const overall = differences.filter(({ source }) => source === null);
  return [
    report.headline,
    '',
    `${'method'.padEnd(width)}  cross-domain C (95 %)      in-domain C (95 %)         mean rank`,
    ...means.map(({ method, crossDomain, inDomain, meanRank }) =>
      [
        method.padEnd(width),
        withIntervalInWords(crossDomain).padEnd(25),
        withIntervalInWords(inDomain).padEnd(25),
        meanRank === null ? '–' : meanRank.toFixed(2),
      ].join('  '),
    ),
    '',
    ...(computed(ranking)
      ? [
          `Ranks over ${ranking.pairs} pairs: Friedman p ${formatP(ranking.friedman.p)}, critical difference ${ranking.criticalDifference.toFixed(2)}.`,
        ]
      : [`No ranks: ${ranking.reason}.`]),
    ...overall.map(
      (row) => `${row.method} less ${row.against}: ${differenceInWords(row)}, ${worthInWords(row)}`,
    ),
    ...report.planted.map(
      ({ cohort, planted, inDomain }) =>
        `${cohort}: the planted signal allows ${planted.toFixed(3)}, in-domain ${inDomain ? `${inDomain.method} reaches ${inDomain.value.toFixed(3)}` : 'nothing was measured'}`,
    ),
    ...(report.agreement.length > 0 ? [agreementInWords(report.agreement)] : []),
    ...remarksOf(report),
    '',
  ].join('\n');
}
