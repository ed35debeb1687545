// How long it takes to look at every number of many slides.
// Usage: node packages/data/bench/doctor.mjs [--slides 1000] [--rows 2000]
//
// CLAM's layout: HDF5, float32, 1,024 wide, 32 rows a chunk. 8 GB of a temporary folder, removed at the end.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { File as Hdf5File, ready } from 'h5wasm/node';
import { findBags, inspectBags } from '../dist/index.js';

const { values: flags } = parseArgs({
  options: { slides: { type: 'string', default: '1000' }, rows: { type: 'string', default: '2000' } },
});
const [slides, rows, WIDTH] = [Number(flags.slides), Number(flags.rows), 1024];
const folder = mkdtempSync(join(tmpdir(), 'concord-bench-doctor-'));
try {
  await ready;
  const features = Float32Array.from({ length: rows * WIDTH }, (_, i) => Math.sin(i));
  const coords = Int32Array.from({ length: 2 * rows }, (_, i) => 256 * Math.floor(i / 2));
  for (let i = 0; i < slides; i += 1) {
    features[0] = i;
    const name = `TCGA-ZZ-${String(i).padStart(4, '0')}-01Z-00-DX1.h5`;
    const file = new Hdf5File(join(folder, name), 'w');
    file.create_dataset({
      name: 'features',
      data: features,
      shape: [rows, WIDTH],
      dtype: '<f',
      chunks: [32, WIDTH],
      maxshape: [null, WIDTH],
    });
    file.create_dataset({ name: 'coords', data: coords, shape: [rows, 2], dtype: '<i' });
    file.close();
  }
  const [start, before] = [performance.now(), process.cpuUsage()];
  const { bags, findings } = await inspectBags(findBags([folder]));
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  const bytes = bags.reduce((sum, bag) => sum + bag.bytes, 0);
  console.log(
    `${bags.length} slides of ${rows} × ${WIDTH} in ${seconds.toFixed(1)} s: ${Math.round(bytes / seconds / 1e6)} MB/s; ${((user + system) / 1e6).toFixed(1)} s of processor; ${findings.length} findings`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
