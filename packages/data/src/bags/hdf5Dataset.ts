import type { CoordType } from './coords.js';
import type { FileBytes } from './fileBytes.js';
import type { FloatType } from './floatType.js';
import {
  address,
  damaged,
  hostile,
  readMessages,
  treeLeaves,
  UNDEFINED_ADDRESS,
  unsupported,
} from './hdf5Objects.js';

export type Hdf5Type = FloatType | CoordType;

/** One chunk of a dataset: where its bytes are, packed or not. */
export interface Hdf5Chunk {
  readonly position: number;
  readonly bytes: number;
}

/** How a dataset's numbers lie in the file. */
export type Hdf5Layout =
  | { readonly kind: 'contiguous'; readonly position: number }
  | {
      readonly kind: 'chunked';
      readonly chunk: readonly number[];
      /** Filters in the order of writing. */
      readonly filters: readonly Hdf5Filter[];
      /** By index along each axis, joined by a comma; all chunks are there. */
      readonly chunks: ReadonlyMap<number, Hdf5Chunk>;
      /** Chunks along each axis. */
      readonly grid: readonly number[];
    }
  /** Anything else: the HDF5 library reads it. */
  | { readonly kind: 'library' };

export interface Hdf5Filter {
  readonly id: number;
  readonly values: readonly number[];
}

export const DEFLATE = 1;
export const SHUFFLE = 2;

/** What a dataset's header says. */
export interface Hdf5Dataset {
  readonly name: string;
  readonly dtype: Hdf5Type | undefined;
  /** What to call a dtype that is not read. */
  readonly typeName: string;
  readonly bytes: number;
  readonly bigEndian: boolean;
  readonly shape: readonly number[];
  readonly layout: Hdf5Layout;
}

/**
 * The shape, dtype and layout of a dataset, and where its numbers are if they lie in one piece or in chunks of
 * the usual kind.
 *
 * @param at address of the dataset's header.
 * @throws BagError if it claims more than the file could hold, keeps its numbers in other files, or is damaged.
 * @source HDF5 File Format Specification 3.0, IV.A.2 messages, III.A.1 B-trees.
 */
export function readDataset(file: FileBytes, name: string, at: number): Hdf5Dataset {
  let shape: number[] | undefined;
  let type: ReturnType<typeof parseType> | undefined;
  let layout: DataView | undefined;
  let filters: Hdf5Filter[] = [];
  for (const { type: message, shared, data } of readMessages(file, at)) {
    if (shared && [0x01, 0x03, 0x08, 0x0b].includes(message)) throw unsupported(file, 'a committed datatype');
    if (message === 0x01) shape = parseShape(file, data);
    else if (message === 0x03) type = parseType(data);
    else if (message === 0x07) throw unsupported(file, 'numbers in other files');
    else if (message === 0x08) layout = data;
    else if (message === 0x0b) filters = parseFilters(file, data);
  }
  if (!shape || !type || !layout) throw damaged(file, `has a dataset ${name} without shape, dtype or layout`);
  const total = shape.reduce((product, n) => product * n, type.bytes);
  // Deflate shrinks at most 1032-fold; with that much room no honest file is refused, and no absurd one accepted.
  if (!Number.isSafeInteger(total) || total > 1032 * file.size) {
    throw hostile(file, `${name} of [${shape.join(', ')}] in ${file.size} bytes`);
  }
  return { name, ...type, shape, layout: parseLayout(file, name, layout, shape, type.bytes, filters, total) };
}

function parseShape(file: FileBytes, data: DataView): number[] {
  const version = data.getUint8(0);
  const rank = data.getUint8(1);
  const first = version === 1 ? 8 : 4;
  if (version < 1 || version > 2 || rank > 32) throw damaged(file, 'has a dataspace of no known form');
  return Array.from({ length: rank }, (_, axis) => address(file, data, first + 8 * axis));
}

function parseType(data: DataView): Pick<Hdf5Dataset, 'dtype' | 'typeName' | 'bytes' | 'bigEndian'> {
  const kind = data.getUint8(0) & 15;
  const bits = data.getUint8(1);
  const bytes = data.getUint32(4, true);
  const bigEndian = (bits & 1) !== 0;
  const field = (at: number) => data.getUint8(8 + at);
  // Position and width of exponent and fraction: IEEE 754 has these, bfloat16 shares its width with float16.
  const float = [field(4), field(5), field(6), field(7)].join();
  const whole = data.getUint16(10, true) === 8 * bytes && data.getUint16(8, true) === 0;
  const floats: Readonly<Record<string, FloatType>> = {
    '2,10,5,0,10': 'float16',
    '2,7,8,0,7': 'bfloat16',
    '4,23,8,0,23': 'float32',
    '8,52,11,0,52': 'float64',
  };
  const integers: Readonly<Record<string, CoordType>> = {
    '4,0': 'uint32',
    '4,8': 'int32',
    '8,0': 'uint64',
    '8,8': 'int64',
  };
  const signed = bits & 8;
  const ordered = kind !== 1 || (bits & 0x40) === 0;
  const known =
    kind === 1 ? floats[`${bytes},${float}`] : kind === 0 ? integers[`${bytes},${signed}`] : undefined;
  const dtype = whole && ordered ? known : undefined;
  const names = ['integer', 'float', 'time', 'string', 'bit field', 'opaque', 'compound'];
  return {
    dtype,
    typeName: dtype ?? `${names[kind] ?? `class ${kind}`} of ${bytes} bytes`,
    bytes,
    bigEndian,
  };
}

function parseFilters(file: FileBytes, data: DataView): Hdf5Filter[] {
  const version = data.getUint8(0);
  const filters: Hdf5Filter[] = [];
  let at = version === 1 ? 8 : 2;
  for (let i = 0; i < data.getUint8(1); i += 1) {
    if (at + 8 > data.byteLength) throw damaged(file, 'has a list of filters that ends early');
    const id = data.getUint16(at, true);
    const named = version === 1 || id >= 256;
    const nameLength = named ? data.getUint16(at + 2, true) : 0;
    at += named ? 4 : 2;
    const count = data.getUint16(at + 2, true);
    at += 4 + (version === 1 ? Math.ceil(nameLength / 8) * 8 : nameLength);
    if (at + 4 * count > data.byteLength) throw damaged(file, 'has a list of filters that ends early');
    filters.push({ id, values: Array.from({ length: count }, (_, k) => data.getUint32(at + 4 * k, true)) });
    at += 4 * (version === 1 ? count + (count % 2) : count);
  }
  return filters;
}

function parseLayout(
  file: FileBytes,
  name: string,
  data: DataView,
  shape: readonly number[],
  bytes: number,
  filters: readonly Hdf5Filter[],
  total: number,
): Hdf5Layout {
  const [version, kind] = [data.getUint8(0), data.getUint8(1)];
  if (version >= 3 && kind === 3)
    throw unsupported(file, 'a virtual dataset, whose numbers are in other files');
  if (version === 4 && kind === 1) return contiguous(file, name, data, total);
  if (version !== 3 || kind === 0) return { kind: 'library' };
  if (kind === 1) return contiguous(file, name, data, total);
  if (kind !== 2) throw damaged(file, `has a layout of class ${kind}`);
  const rank = data.getUint8(2) - 1;
  if (rank !== shape.length) throw damaged(file, `has chunks of ${rank} axes for ${shape.length}`);
  const tree = data.getBigUint64(3, true);
  const chunk = Array.from({ length: rank }, (_, axis) => data.getUint32(11 + 4 * axis, true));
  if (chunk.some((length) => length === 0) || data.getUint32(11 + 4 * rank, true) !== bytes) {
    throw damaged(file, `has chunks of [${chunk.join(', ')}]`);
  }
  const supported = filters.every(({ id }) => id === DEFLATE || id === SHUFFLE);
  if (!supported || tree === UNDEFINED_ADDRESS) return { kind: 'library' };
  const grid = shape.map((length, axis) => Math.ceil(length / chunk[axis]!));
  const count = grid.reduce((product, n) => product * n, 1);
  if (count > file.size) throw hostile(file, `${count} chunks in ${file.size} bytes`);
  const chunks = readChunks(file, Number(tree), chunk, grid);
  // A chunk that was never written has the fill value; the library knows which.
  return chunks.size === count ? { kind: 'chunked', chunk, filters, chunks, grid } : { kind: 'library' };
}

function contiguous(file: FileBytes, name: string, data: DataView, total: number): Hdf5Layout {
  if (data.getBigUint64(2, true) === UNDEFINED_ADDRESS) return { kind: 'library' };
  const position = address(file, data, 2);
  if (position + total > file.size) {
    throw damaged(file, `keeps ${name} at bytes ${position} to ${position + total} of ${file.size}`);
  }
  return { kind: 'contiguous', position };
}

function readChunks(
  file: FileBytes,
  tree: number,
  chunk: readonly number[],
  grid: readonly number[],
): Map<number, Hdf5Chunk> {
  const chunks = new Map<number, Hdf5Chunk>();
  const rank = chunk.length;
  let masked = false;
  treeLeaves(file, tree, 1, 8 + 8 * (rank + 1), (key, position) => {
    if (key.getUint32(4, true) !== 0) masked = true;
    const size = key.getUint32(0, true);
    if (position + size > file.size) throw damaged(file, `has a chunk at byte ${position} of ${file.size}`);
    let index = 0;
    for (let axis = 0; axis < rank; axis += 1) {
      const place = address(file, key, 8 + 8 * axis) / chunk[axis]!;
      if (!Number.isInteger(place)) throw damaged(file, 'has a chunk that lies between others');
      // Shrinking a dataset may leave chunks beyond its end.
      if (place >= grid[axis]!) return;
      index = index * grid[axis]! + place;
    }
    chunks.set(index, { position, bytes: size });
  });
  // Chunks that skipped a filter are rare enough for the library.
  return masked ? new Map<number, Hdf5Chunk>() : chunks;
}
