import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset, File } from 'h5wasm/node';
import writeFileAtomic from 'write-file-atomic';
import { npyHeader } from '../bags/writeBag.js';
import type { Cohort } from '../cohort.js';
import { torchBytes, zipBytes } from './torchBytes.js';
import { UNSYNCED } from './unsynced.js';

/** Patches of a slide in level-0 pixels. */
const PATCH_PIXELS = 256;
const COLUMNS = 8;

/**
 * The same features as every program of the field would have left them: CLAM's `h5_files` and `pt_files`, TRIDENT's
 * and STAMP's HDF5, `.npy`, `.npz` stored and deflated.
 *
 * @returns the folders written, relative to `folder`.
 */
export async function writeFeatureLayouts(
  folder: string,
  { name, cases, patchWidth }: Cohort,
): Promise<string[]> {
  // Only who writes HDF5 pays for the library, 10 MB and 70 ms.
  const hdf5 = await import('h5wasm/node');
  await hdf5.ready;
  const root = `layouts/${name}/features`;
  const kinds = ['clam/h5_files', 'clam/pt_files', 'trident', 'stamp', 'npy', 'npz', 'npz-deflated'];
  for (const kind of kinds) await mkdir(join(folder, root, kind), { recursive: true });
  for (const one of cases) {
    const { slideIds, patchCount } = one;
    const values = one.patches();
    const shape: [number, number] = [patchCount, patchWidth];
    const at = (kind: string, ending: string) => join(folder, root, kind, `${slideIds[0]!}.${ending}`);
    const create = (kind: string, ending: string) => new hdf5.File(at(kind, ending), 'w');
    const corners = Array.from({ length: patchCount }, (_, i) => [
      PATCH_PIXELS * (i % COLUMNS),
      PATCH_PIXELS * Math.floor(i / COLUMNS),
    ]).flat();
    writeHdf5(create('clam/h5_files', 'h5'), {
      datasets: [
        ['features', values, shape, '<f', 32],
        ['coords', Int32Array.from(corners), [patchCount, 2], '<i', 32],
      ],
      // CLAM writes none; the barcodes of the site ZZ say whose these are not.
      attributes: [],
    });
    writeHdf5(create('trident', 'h5'), {
      datasets: [
        ['features', values, shape, '<f', 1],
        ['coords', BigInt64Array.from(corners, BigInt), [patchCount, 2], '<q', 1],
      ],
      attributes: [
        ['features', 'encoder', 'synthetic'],
        ['coords', 'patch_size_level0', PATCH_PIXELS],
      ],
    });
    writeHdf5(create('stamp', 'h5'), {
      datasets: [
        ['feats', values, shape, '<f', 32],
        ['coords', Float32Array.from(corners, (pixel) => pixel / 2), [patchCount, 2], '<f', 32],
      ],
      attributes: [
        ['/', 'extractor', 'synthetic'],
        ['/', 'unit', 'um'],
        ['/', 'tile_size_um', PATCH_PIXELS / 2],
      ],
    });
    const npy = Buffer.concat([
      npyHeader('<f4', shape),
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    ]);
    await writeFileAtomic(at('clam/pt_files', 'pt'), Buffer.from(torchBytes(values, shape)), UNSYNCED);
    await writeFileAtomic(at('npy', 'npy'), npy, UNSYNCED);
    await writeFileAtomic(at('npz', 'npz'), Buffer.from(zipBytes({ 'features.npy': npy }, 0)), UNSYNCED);
    await writeFileAtomic(
      at('npz-deflated', 'npz'),
      Buffer.from(zipBytes({ 'features.npy': npy }, 6)),
      UNSYNCED,
    );
  }
  return kinds.map((kind) => `${root}/${kind}`);
}

interface Hdf5Content {
  /** Name, numbers, shape, type, rows of a chunk. */
  readonly datasets: readonly (readonly [
    name: string,
    data: Float32Array | Int32Array | BigInt64Array,
    shape: [number, number],
    dtype: string,
    chunk: number,
  ])[];
  readonly attributes: readonly (readonly [of: string, name: string, value: string | number])[];
}

function writeHdf5(file: File, { datasets, attributes }: Hdf5Content): void {
  try {
    for (const [name, data, shape, dtype, chunk] of datasets) {
      const chunks = [chunk, shape[1]];
      file.create_dataset({ name, data, shape, dtype, chunks, maxshape: [null, shape[1]] });
    }
    for (const [of, name, value] of attributes) {
      const data = typeof value === 'number' ? Float64Array.of(value) : value;
      const owner = of === '/' ? file : (file.get(of) as Dataset);
      owner.create_attribute(name, data, typeof value === 'number' ? [] : null);
    }
  } finally {
    file.close();
  }
}
