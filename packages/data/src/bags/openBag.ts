import type { BagFile } from './bagFile.js';
import { BagError } from './bagError.js';
import { openBytes, readPiece } from './fileBytes.js';
import { openHdf5Bag } from './hdf5Bag.js';
import { openNpyBag, openNpzBag } from './npyBag.js';
import { openSafetensorsBag } from './safetensorsBag.js';
import { openTorchBag } from './torchBag.js';

export interface OpenBagOptions {
  /** Which array of the file holds the features; default `features`, `feats`, `embeddings`, or the only one. */
  readonly dataset?: string;
  /** Default `refuse`; a slide without tissue is a bag without rows. */
  readonly empty?: 'refuse' | 'keep';
}

/**
 * Open the patch features of one slide, in any of the formats that the field uses: CLAM's .pt and .h5,
 * TRIDENT's and STAMP's .h5, .npy, .npz, .safetensors. The format is told by the file's first bytes, and
 * by its name only between the two ZIP archives. Nothing of a file is ever executed.
 *
 * @throws BagError, which says what is wrong with the file and what to do.
 */
export async function openBag(path: string, options: OpenBagOptions = {}): Promise<BagFile> {
  const { dataset, empty = 'refuse' } = options;
  const bag = await openByMagic(path, dataset);
  if (empty === 'keep' || (bag.rows > 0 && bag.width > 0)) return bag;
  bag.close();
  throw new BagError(
    'empty',
    path,
    `has ${bag.rows} patches of width ${bag.width}: no tissue was found, or the extraction was killed; leave the slide out`,
  );
}

async function openByMagic(path: string, dataset: string | undefined): Promise<BagFile> {
  const head = readHead(path);
  const begins = (...bytes: number[]) => bytes.every((byte, i) => head[i] === byte);
  if (head.length < 8) throw new BagError('truncated', path, `has ${head.length} bytes; extract it again`);
  // The length of a header below 4 GiB, then its opening brace.
  if (head[8] === 0x7b && head.subarray(4, 8).every((byte) => byte === 0)) {
    return openSafetensorsBag(path, dataset);
  }
  if (begins(0x89, 0x48, 0x44, 0x46)) return openHdf5Bag(path, dataset);
  if (begins(0x93, 0x4e, 0x55, 0x4d)) return openNpyBag(path);
  if (begins(0x50, 0x4b))
    return /\.npz$/i.test(path) ? openNpzBag(path, dataset) : openTorchBag(path, dataset);
  if (head[0] === 0x80 && head[1]! <= 5) return openTorchBag(path, dataset);
  const shown = Buffer.from(head.subarray(0, 8)).toString('hex');
  throw new BagError(
    'unknown-format',
    path,
    `begins with ${shown}, which is none of HDF5, torch, NumPy and safetensors; is it the right file?`,
  );
}

function readHead(path: string): Uint8Array {
  const file = openBytes(path);
  try {
    return readPiece(file, 0, Math.min(9, file.size));
  } finally {
    file.close();
  }
}
