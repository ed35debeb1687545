import { readSurvpathCohort, SYNTHETIC_PRESETS } from '@concord/data';
import type { RunBench } from '../commands/bench.js';
import { measure, type Measurement } from './measure.js';
import { renderBench } from './render.js';

/** Version of the form in which figures are written. */
export const BENCH_SCHEMA = 'concord-bench/1';

/** Measure the training step of all stacks at each bag size, interleaved; see docs/bench. */
export const runBench: RunBench = async ({ patches, rounds, seed, dataDir, publishedDir }, note) => {
  // Large tensors come and go in every step; with huge pages none of the stacks pays for each page anew.
  process.env['GLIBC_TUNABLES'] ??= 'glibc.malloc.hugetlb=1';
  const pathwaySizes = dataDir
    ? readSurvpathCohort(dataDir, 'blca').pathways.map(({ genes }) => genes.length)
    : SYNTHETIC_PRESETS.published.pathwaySizes;
  const config = { pathwaySizes, patchWidth: 768, width: 256, bins: 4 };
  const measurements: Measurement[] = [];
  for (const count of patches) {
    note(`${pathwaySizes.length} pathways, ${count} × 768 patches`);
    measurements.push(await measure({ config, patches: count, seed }, rounds, publishedDir, note));
  }
  const settings = { rounds, seed, pathways: pathwaySizes.length, tunables: process.env['GLIBC_TUNABLES'] };
  return {
    text: renderBench(measurements),
    report: { schema: BENCH_SCHEMA, date: new Date().toISOString(), settings, measurements },
  };
};
