// How fast C is: of 100,000 patients, and of 1,000 paired resamples of 1,000 patients.
//
//   npx nx run survival:bench
//   node packages/survival/bench/speed.mjs [--rounds 5]
import { parseArgs } from 'node:util';
import { bootstrap, concordance, pairScores, pairTable, weighTable } from '../dist/index.js';
import { draws, simulateCohort } from '../dist/simulatedStudy.testing.js';

const { values: flags } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = Number(flags.rounds);

const large = simulateCohort(100_000, [1], draws(1));
const risks = Float64Array.from(large.features, ([x]) => x);
report(
  `C of 100,000 patients, ${large.events.filter(Boolean).length} events`,
  () => concordance(large, risks).c,
);

const cohort = simulateCohort(1000, [1], draws(2));
const first = cohort.features.map(([x]) => x);
const { normal } = draws(3);
const second = first.map((x) => x + normal());
report(
  `1,000 paired resamples of 1,000 patients, ${cohort.events.filter(Boolean).length} events, BCa`,
  () => {
    const table = pairTable(cohort);
    const other = pairScores(table, [second]);
    const difference = pairScores(table, [first]).map((score, i) => score - other[i]);
    return bootstrap(1000, (positions) => {
      const counts = new Int32Array(1000);
      for (const at of positions) counts[at] += 1;
      return weighTable(table, counts)(difference);
    }).deviation;
  },
);

/** @param {string} name @param {() => number} run */
function report(name, run) {
  const seconds = Array.from({ length: rounds }, () => {
    const start = performance.now();
    run();
    return (performance.now() - start) / 1000;
  }).sort((a, b) => a - b);
  const middle = seconds[Math.floor(rounds / 2)];
  console.log(
    `${name}: ${middle.toFixed(2)} s (median of ${rounds}, slowest ${seconds.at(-1).toFixed(2)} s)`,
  );
}
