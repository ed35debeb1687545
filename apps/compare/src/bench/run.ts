import { findBackbone, loadBackbone } from '../backbones/discover.js';
import { publishedShape } from '../backbones/publishedShape.js';
import type { RunBench } from '../commands/bench.js';
import { TRAINING_PROCESS } from '../files/trainingProcess.js';
import { measure, type Measurement } from './measure.js';
import { renderBench } from './render.js';

/** Version of the form in which figures are written. */
export const BENCH_SCHEMA = 'concord-bench/2';

/** Measure the training step of all stacks for each backbone and bag size, interleaved; see docs/bench. */
export const runBench: RunBench = async (
  { backbones, cwd, patches, rounds, seed, dataDir, publishedDir },
  note,
) => {
  process.env['GLIBC_TUNABLES'] ??= TRAINING_PROCESS.tunables; // inherited by all stacks
  const measurements: Measurement[] = [];
  for (const backbone of backbones) {
    const { published } = await loadBackbone(findBackbone(cwd, backbone));
    const shape = publishedShape(published, dataDir);
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
