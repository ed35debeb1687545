import { BagError } from './bagError.js';
import { FLOAT_BYTES, widen, type FloatType } from './floatType.js';
import { findNotFinite, notFiniteError } from './notFinite.js';
import { rowCount, type RowSelection, type RowSource } from './rows.js';

/** How patch features are kept on disk. */
export type BagFormat =
  'clam-h5' | 'trident-h5' | 'stamp-h5' | 'pt' | 'npy' | 'npz' | 'safetensors' | 'packed' | 'joined';

export type BagAttribute = string | number | boolean;

/** What is read of a bag. */
export interface ReadOptions {
  /** [rows × width] or longer: reused instead of new memory; the result is a view of its beginning. */
  readonly into?: Float32Array;
  /** Default `refuse`: NaN and infinities are an error that names the first. Packs were checked when made. */
  readonly notFinite?: 'refuse' | 'keep';
  /** Default `skip`; `verify` tests the checksum that ZIP archives keep of whole arrays, which takes as long again. */
  readonly checksum?: 'skip' | 'verify';
}

/** The patch features of one slide, open: rows are patches. */
export interface BagFile {
  readonly path: string;
  readonly format: BagFormat;
  readonly rows: number;
  readonly width: number;
  /** As the file has them; `read` widens to float32. */
  readonly dtype: FloatType;
  /** What the file says of itself: patch_size, level, …; a text `None` is left out. */
  readonly attributes: Readonly<Record<string, BagAttribute>>;
  /** Which network made the features, where the file says so; never guessed from the width. */
  readonly encoder?: string;
  /** [rows, 2] x and y of each patch in the file's unit, where the file has them. */
  readonly coords?: () => Float64Array;
  /**
   * [n, width] float32: those rows in that order, all without the argument. float64 is rounded as torch does.
   *
   * @throws BagError if a row does not exist, the file is damaged, or a number is not finite.
   */
  read(rows?: Uint32Array | readonly number[], options?: ReadOptions): Float32Array;
  /**
   * Rows in the file's dtype, little-endian: what conversion, packing and inspection read. Where an archive keeps
   * a checksum, it is tested when the last row has been read in order.
   */
  readRaw(rows: RowSelection, into: Uint8Array): void;
  close(): void;
}

/** What every format supplies; `asBag` adds what all of them share. */
export interface BagParts {
  readonly path: string;
  readonly format: BagFormat;
  readonly source: RowSource;
  /** The same rows with the archive's checksum tested, where there is one. */
  readonly verified?: RowSource;
  readonly attributes: Readonly<Record<string, BagAttribute>>;
  readonly coords?: (() => Float64Array) | undefined;
  /** True if the numbers are known to be finite. */
  readonly finite?: boolean;
  readonly close: () => void;
}

/** Bytes of a foreign dtype that are held at once while they are widened. */
const SLAB_BYTES = 2 ** 22;

/** The largest array that the engine makes, with room to spare. */
const MAX_NUMBERS = 2 ** 30;

export function asBag({
  path,
  format,
  source,
  attributes,
  coords,
  finite,
  verified,
  close,
}: BagParts): BagFile {
  const { rows: total, width, dtype } = source;
  const whole = verified ?? source;
  const encoder = [attributes['encoder'], attributes['extractor']].find((name) => typeof name === 'string');
  return {
    path,
    format,
    rows: total,
    width,
    dtype,
    attributes,
    ...(encoder !== undefined && { encoder }),
    ...(coords && { coords }),
    read(rows, { into, notFinite = finite ? 'keep' : 'refuse', checksum = 'skip' } = {}) {
      const selection = selectRows(path, rows, total);
      const numbers = rowCount(selection) * width;
      if (numbers > MAX_NUMBERS) {
        const size = `${rowCount(selection)} × ${width}`;
        throw new BagError('bad-request', path, `${size} numbers do not fit in one array; read fewer rows`);
      }
      if (into && into.length < numbers) {
        const room = `into has room for ${into.length} numbers`;
        throw new BagError('bad-request', path, `${room}, ${numbers} are read`);
      }
      const result = into ? into.subarray(0, numbers) : new Float32Array(numbers);
      readWidened(checksum === 'verify' ? whole : source, selection, result);
      if (notFinite === 'refuse') refuseNotFinite(path, result, width, selection);
      return result;
    },
    readRaw: (rows, into) => whole.readRaw(rows, into),
    close,
  };
}

function selectRows(path: string, rows: Uint32Array | readonly number[] | undefined, total: number) {
  if (rows === undefined) return { first: 0, count: total };
  for (const row of rows) {
    if (Number.isInteger(row) && row >= 0 && row < total) continue;
    throw new BagError('bad-request', path, `there is no row ${row}; it has ${total}`);
  }
  return rows instanceof Uint32Array ? rows : Uint32Array.from(rows);
}

function readWidened(source: RowSource, rows: RowSelection, into: Float32Array): void {
  const { dtype, width } = source;
  if (dtype === 'float32') {
    source.readRaw(rows, new Uint8Array(into.buffer, into.byteOffset, into.byteLength));
    return;
  }
  const rowBytes = width * FLOAT_BYTES[dtype];
  const count = rowCount(rows);
  const step = Math.max(1, Math.floor(SLAB_BYTES / Math.max(1, rowBytes)));
  const slab = new Uint8Array(Math.min(step, count) * rowBytes);
  for (let at = 0; at < count; at += step) {
    const some = Math.min(step, count - at);
    const raw = slab.subarray(0, some * rowBytes);
    source.readRaw(
      rows instanceof Uint32Array ? rows.subarray(at, at + some) : { first: rows.first + at, count: some },
      raw,
    );
    widen(dtype, raw, into.subarray(at * width, (at + some) * width));
  }
}

function refuseNotFinite(path: string, values: Float32Array, width: number, rows: RowSelection): void {
  const at = findNotFinite(values);
  if (at < 0) return;
  const position = Math.floor(at / width);
  const row = rows instanceof Uint32Array ? rows[position]! : rows.first + position;
  throw notFiniteError(path, row, at % width, values[at]!);
}
