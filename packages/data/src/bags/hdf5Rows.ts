import { inflateSync } from 'node:zlib';
import type { FileBytes } from './fileBytes.js';
import { readPiece } from './fileBytes.js';
import { swapBytes } from './floatType.js';
import { DEFLATE, SHUFFLE, type Hdf5Chunk, type Hdf5Dataset, type Hdf5Layout } from './hdf5Dataset.js';
import { damaged, hostile } from './hdf5Objects.js';
import type { Hdf5Service } from './hdf5Service.js';
import { forEachRun, type RowSelection } from './rows.js';

type Chunked = Extract<Hdf5Layout, { kind: 'chunked' }>;

/** Bytes that the HDF5 library is asked for at once. */
const SLAB_BYTES = 2 ** 22;

/**
 * A reader of a matrix's rows, as little-endian bytes, for the way in which they lie in the file.
 *
 * Whole rows that are not compressed are read by position, neighbours together: a bag of TRIDENT has a chunk
 * for every patch, and most chunks lie one after the other. Compressed chunks are unpacked once a visit.
 */
export function hdf5Rows(
  file: FileBytes,
  dataset: Hdf5Dataset,
  service: Hdf5Service,
): (rows: RowSelection, into: Uint8Array) => void {
  const { layout, shape, bytes, bigEndian } = dataset;
  const rowBytes = (shape[1] ?? 1) * bytes;
  const read = chooseReader(file, dataset, layout, rowBytes, service);
  return (rows, into) => {
    read(rows, into);
    if (bigEndian) swapBytes(into, bytes);
  };
}

function chooseReader(
  file: FileBytes,
  dataset: Hdf5Dataset,
  layout: Hdf5Layout,
  rowBytes: number,
  service: Hdf5Service,
) {
  switch (layout.kind) {
    case 'contiguous':
      return (rows: RowSelection, into: Uint8Array) =>
        forEachRun(rows, (first, count, at) =>
          file.read(
            into.subarray(at * rowBytes, (at + count) * rowBytes),
            layout.position + first * rowBytes,
          ),
        );
    case 'chunked': {
      const wholeRows = layout.grid[1] === 1 && layout.chunk[1] === dataset.shape[1];
      if (wholeRows && layout.filters.length === 0) return plainChunks(file, layout, rowBytes);
      return unpackedChunks(file, dataset, layout, rowBytes);
    }
    case 'library':
      return slabs(file, dataset, rowBytes, service);
  }
}

/** Chunks of whole rows as they are: pieces that follow each other in the file are one read. */
function plainChunks(file: FileBytes, { chunk, chunks }: Chunked, rowBytes: number) {
  const chunkRows = chunk[0]!;
  for (const { bytes } of chunks.values()) {
    if (bytes !== chunkRows * rowBytes) throw damaged(file, `has a chunk of ${bytes} bytes`);
  }
  const place = (row: number) =>
    chunks.get(Math.floor(row / chunkRows))!.position + (row % chunkRows) * rowBytes;
  return (rows: RowSelection, into: Uint8Array) =>
    forEachRun(rows, (first, count, at) => {
      for (let i = 0; i < count;) {
        const from = place(first + i);
        let together = Math.min(count - i, chunkRows - ((first + i) % chunkRows));
        while (i + together < count && place(first + i + together) === from + together * rowBytes) {
          together += Math.min(count - i - together, chunkRows);
        }
        file.read(into.subarray((at + i) * rowBytes, (at + i + together) * rowBytes), from);
        i += together;
      }
    });
}

/** Chunks that are compressed, or hold part of the columns. */
function unpackedChunks(file: FileBytes, dataset: Hdf5Dataset, layout: Chunked, rowBytes: number) {
  const { chunk, chunks, grid } = layout;
  const [chunkRows, chunkColumns] = [chunk[0]!, chunk[1] ?? 1];
  const { bytes } = dataset;
  const across = grid[1] ?? 1;
  const pieceBytes = chunkColumns * bytes;
  if (chunkRows * pieceBytes > 2 ** 28) throw hostile(file, `chunks of [${chunk.join(', ')}]`);
  // The chunks of the last band of rows stay: sampled rows come in ascending order.
  let band = -1;
  let unpacked: Uint8Array[] = [];
  const visit = (row: number) => {
    const wanted = Math.floor(row / chunkRows);
    if (wanted === band) return;
    band = -1;
    unpacked = Array.from({ length: across }, (_, column) =>
      unpack(file, chunks.get(wanted * across + column)!, layout, chunkRows * pieceBytes, bytes),
    );
    band = wanted;
  };
  return (rows: RowSelection, into: Uint8Array) => {
    forEachRun(rows, (first, count, at) => {
      for (let i = 0; i < count; i += 1) {
        visit(first + i);
        const from = ((first + i) % chunkRows) * pieceBytes;
        for (let column = 0; column < across; column += 1) {
          const begin = column * pieceBytes;
          const length = Math.min(pieceBytes, rowBytes - begin);
          into.set(unpacked[column]!.subarray(from, from + length), (at + i) * rowBytes + begin);
        }
      }
    });
    unpacked = [];
    band = -1;
  };
}

function unpack(
  file: FileBytes,
  chunk: Hdf5Chunk,
  { filters }: Chunked,
  size: number,
  bytes: number,
): Uint8Array {
  let data = readPiece(file, chunk.position, chunk.bytes);
  for (const { id, values } of [...filters].reverse()) {
    if (id === DEFLATE) data = inflate(file, data, size);
    if (id === SHUFFLE) data = unshuffle(data, values[0] ?? bytes);
  }
  if (data.length === size) return data;
  throw damaged(file, `has a chunk of ${data.length} bytes, expected ${size}`);
}

function inflate(file: FileBytes, data: Uint8Array, size: number): Uint8Array {
  try {
    return inflateSync(data, { maxOutputLength: size });
  } catch (error) {
    throw damaged(file, `has a chunk that cannot be unpacked (${(error as Error).message})`);
  }
}

/** Undo HDF5's shuffle: first bytes of all numbers, then second bytes, and so on. */
function unshuffle(data: Uint8Array, width: number): Uint8Array {
  const count = Math.floor(data.length / width);
  const result = new Uint8Array(data.length);
  for (let k = 0; k < width; k += 1) {
    const from = k * count;
    for (let i = 0; i < count; i += 1) result[i * width + k] = data[from + i]!;
  }
  result.set(data.subarray(count * width), count * width);
  return result;
}

/** Whatever else there is: by the HDF5 library, in slabs, because it gave zeros for one of a gigabyte. */
function slabs(file: FileBytes, { name, shape }: Hdf5Dataset, rowBytes: number, service: Hdf5Service) {
  const step = Math.max(1, Math.floor(SLAB_BYTES / Math.max(1, rowBytes)));
  const width = shape[1] ?? 1;
  return (rows: RowSelection, into: Uint8Array) =>
    forEachRun(rows, (first, count, at) => {
      for (let i = 0; i < count; i += step) {
        const some = Math.min(step, count - i);
        const raw = service.readRows(file.path, name, first + i, some, width, rowBytes);
        into.set(raw, (at + i) * rowBytes);
      }
    });
}
