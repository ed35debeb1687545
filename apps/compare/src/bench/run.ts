import type { InputShape, PublishedClass } from '@concord/backbone';
import { readSurvpathCohort, SYNTHETIC_PRESETS } from '@concord/data';
import { findBackbone, loadBackbone } from '../backbones/discover.js';
import type { RunBench } from '../commands/bench.js';
import { measure, type Measurement } from './measure.js';
import { renderBench } from './render.js';

/** Version of the form in which figures are written. */
export const BENCH_SCHEMA = 'concord-bench/2';

/** Time bins of every published backbone. */
const BINS = 4;

/** Measure the training step of all stacks for each backbone and bag size, interleaved; see docs/bench. */
export const runBench: RunBench = async (
  { backbones, cwd, patches, rounds, seed, dataDir, publishedDir },
  note,
) => {
  // Large tensors come and go in every step; with huge pages none of the stacks pays for each page anew.
  process.env['GLIBC_TUNABLES'] ??= 'glibc.malloc.hugetlb=1';
  const measurements: Measurement[] = [];
  for (const backbone of backbones) {
    const { published } = await loadBackbone(findBackbone(cwd, backbone));
    const shape = benchShape(published, dataDir);
    for (const count of patches) {
      note(`${backbone}: ${shape.pathways.length} pathways, ${count} × ${shape.patchWidth} patches`);
      const benchCase = { backbone, cwd, shape, patches: count, seed };
      measurements.push(await measure(benchCase, rounds, published && publishedDir, note));
    }
  }
  const settings = { rounds, seed, tunables: process.env['GLIBC_TUNABLES'] };
  return {
    text: renderBench(measurements),
    report: { schema: BENCH_SCHEMA, date: new Date().toISOString(), settings, measurements },
  };
};

/** The backbone's published setting; SurvPath's pathways and patch width where it says nothing else. */
function benchShape(published: PublishedClass | undefined, dataDir: string | undefined): InputShape {
  const { patchWidth = 768, pathwaySizes } = published ?? {};
  const sizes =
    pathwaySizes ??
    (dataDir
      ? readSurvpathCohort(dataDir, 'blca').pathways.map(({ genes }) => genes.length)
      : SYNTHETIC_PRESETS.published.pathwaySizes);
  // Which genes they are does not matter to the time a step takes.
  return { pathways: sizes.map((size) => Array.from({ length: size }, (_, i) => i)), patchWidth, bins: BINS };
}
