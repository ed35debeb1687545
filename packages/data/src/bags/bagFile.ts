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

/** Bytes that are read, widened and looked at together: they fit in a core's cache. */
const SLAB_BYTES = 2 ** 19;

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
      const result = into ? into.subarray(0, numbers) : unwritten(numbers);
      readChecked(path, checksum === 'verify' ? whole : source, selection, result, notFinite === 'refuse');
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

/** Slab by slab, so that each is still in the cache when it is widened and looked at. */
function readChecked(
  path: string,
  source: RowSource,
  rows: RowSelection,
  into: Float32Array,
  finite: boolean,
): void {
  const { dtype, width, columnMajor } = source;
  const rowBytes = width * FLOAT_BYTES[dtype];
  const count = rowCount(rows);
  const step = columnMajor ? count : Math.max(1, Math.floor(SLAB_BYTES / Math.max(1, rowBytes)));
  const scratch = dtype === 'float32' ? undefined : new Uint8Array(Math.min(step, count) * rowBytes);
  for (let at = 0; at < count; at += step) {
    const some = Math.min(step, count - at);
    const part =
      rows instanceof Uint32Array ? rows.subarray(at, at + some) : { first: rows.first + at, count: some };
    const values = into.subarray(at * width, (at + some) * width);
    if (scratch) {
      const raw = scratch.subarray(0, some * rowBytes);
      source.readRaw(part, raw);
      widen(dtype, raw, values);
    } else {
      source.readRaw(part, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    }
    const bad = finite ? findNotFinite(values) : -1;
    if (bad < 0) continue;
    const position = Math.floor(bad / width);
    const row = part instanceof Uint32Array ? part[position]! : part.first + position;
    throw notFiniteError(path, row, bad % width, values[bad]!);
  }
}

/** Memory that is not set to zero first: every number of it is read from the file before anyone sees it. */
function unwritten(numbers: number): Float32Array {
  const { buffer, byteOffset } = Buffer.allocUnsafeSlow(4 * numbers);
  return new Float32Array(buffer, byteOffset, numbers);
}
