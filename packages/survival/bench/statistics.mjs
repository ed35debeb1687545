// Do the statistics keep their promises? Coverage of intervals, and what a study without an effect reports.
//
//   node packages/survival/bench/statistics.mjs [--studies 2000] [--null 1000] [--resamples 1000] [--json FILE]
//
// About ten minutes of one core.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { concordance } from '../dist/index.js';
import { coverStudy, draws, nullStudy, simulateCohort } from '../dist/simulatedStudy.testing.js';

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
let [reported, uncorrected, single] = [0, 0, 0];
for (let study = 0; study < nulls; study++) {
  const { pairs, corrected } = nullStudy(50_000 + study);
  if (corrected.some((p) => p < 0.05)) reported += 1;
  if (pairs.some(({ p }) => p < 0.05)) uncorrected += 1;
  single += pairs.filter(({ p }) => p < 0.05).length;
}
const none = {
  reported: reported / nulls,
  uncorrected: uncorrected / nulls,
  single: single / (12 * nulls),
};
console.log(
  `without an effect: ${(100 * none.reported).toFixed(1)} % of ${nulls} corrected studies report a difference ` +
    `(uncorrected ${(100 * none.uncorrected).toFixed(1)} %, single pairs ${(100 * none.single).toFixed(1)} %)`,
);
if (flags.json)
  writeFileSync(
    flags.json,
    `${JSON.stringify({ truth, studies, nulls, resamples, coverage, none }, null, 2)}\n`,
  );
