// Do the statistics keep their promises? Coverage of intervals, and what a study without an effect reports.
//
//   node packages/survival/bench/statistics.mjs [--studies 2000] [--null 1000] [--resamples 1000] [--json FILE]
//
// About ten minutes of one core.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { concordance } from '../dist/index.js';
import { coverStudy, draws, simulateStudy, simulateCohort } from '../dist/simulatedStudy.testing.js';

const { values: flags } = parseArgs({
  options: {
    studies: { type: 'string', default: '2000' },
    null: { type: 'string', default: '1000' },
    resamples: { type: 'string', default: '1000' },
    json: { type: 'string' },
  },
});
const [studies, nulls, resamples] = [flags.studies, flags.null, flags.resamples].map(Number);

// So many patients that the truth's own error does not matter.
const everybody = simulateCohort(200_000, [1], draws(999));
const truth = concordance(
  everybody,
  everybody.features.map(([x]) => x),
).c;
const coverage = {};
for (const cases of [100, 300]) {
  for (const method of ['percentile', 'bca']) {
    let covered = 0;
    for (let study = 0; study < studies; study++) {
      const { lower, upper } = coverStudy(cases, 10_000 + study, resamples, method);
      if (lower <= truth && truth <= upper) covered += 1;
    }
    coverage[`${method}, ${cases} cases`] = covered / studies;
    console.log(
      `${method}, ${cases} cases: ${((100 * covered) / studies).toFixed(1)} % of ${studies} intervals cover ${truth.toFixed(4)}`,
    );
  }
}
const studiesOf = {};
for (const [name, keep] of [
  ['no effect', [0.5, 0.5]],
  ['an effect', [0.9, 0.3]],
]) {
  const counts = { difference: 0, corrected: 0, uncorrected: 0, pair: 0, byCases: 0, byRuns: 0, overall: 0 };
  for (let study = 0; study < nulls; study++) {
    const { pairs, corrected, overall } = simulateStudy(50_000 + study, { keep });
    if (overall.p < 0.05) counts.overall += 1 / nulls;
    if (corrected.some((p) => p < 0.05)) counts.corrected += 1 / nulls;
    if (pairs.some(({ p }) => p < 0.05)) counts.uncorrected += 1 / nulls;
    for (const { difference, p, caseDeviation, trainingDeviation } of pairs) {
      const one = 1 / (12 * nulls);
      counts.difference += one * difference;
      if (p < 0.05) counts.pair += one;
      if (Math.abs(difference) > 1.96 * caseDeviation) counts.byCases += one;
      // Student's t with 14 degrees of freedom.
      if (Math.abs(difference) > 2.145 * trainingDeviation) counts.byRuns += one;
    }
  }
  studiesOf[name] = counts;
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  console.log(
    `${name}, mean difference ${counts.difference.toFixed(4)}: ${percent(counts.corrected)} of ${nulls} corrected ` +
      `12-pair studies report one (uncorrected ${percent(counts.uncorrected)}); single pairs ${percent(counts.pair)}, ` +
      `by cases alone ${percent(counts.byCases)}, by runs alone ${percent(counts.byRuns)}; the mean over pairs ${percent(counts.overall)}`,
  );
}
if (flags.json)
  writeFileSync(
    flags.json,
    `${JSON.stringify({ truth, studies, nulls, resamples, coverage, studiesOf }, null, 2)}\n`,
  );
