import { BagError } from './bagError.js';
import { COORD_BYTES, type CoordType } from './coords.js';
import { FLOAT_BYTES, type FloatType } from './floatType.js';

export type NpyType = FloatType | CoordType;

/** What stands before the numbers of a NumPy file. */
export interface NpyHeader {
  readonly dtype: NpyType;
  readonly bytes: number;
  readonly bigEndian: boolean;
  readonly columnMajor: boolean;
  readonly shape: readonly number[];
  /** Bytes before the first number. */
  readonly length: number;
}

const TYPES: Readonly<Record<string, NpyType>> = {
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  i4: 'int32',
  i8: 'int64',
  u4: 'uint32',
  u8: 'uint64',
};

/** NumPy itself refuses to evaluate longer ones. */
export const MAX_NPY_HEADER = 10_000 + 12;

/**
 * Parse the header of a .npy file. It is a Python literal; only the form that NumPy writes is read, nothing is
 * evaluated.
 *
 * @param head the file's first bytes, `MAX_NPY_HEADER` of them or all.
 * @param size bytes of the whole file, which must be what the shape says.
 * @throws BagError for another dtype, a pickled array, or a length that does not fit.
 * @source numpy/lib/_format_impl.py, versions 1.0 to 3.0.
 */
export function parseNpyHeader(where: string, head: Uint8Array, size: number): NpyHeader {
  const damaged = (text: string) => new BagError('damaged', where, `${text}; it is no intact .npy file`);
  if (head.length < 12 || Buffer.from(head.subarray(0, 6)).toString('latin1') !== '\x93NUMPY') {
    throw damaged('does not begin with \\x93NUMPY');
  }
  const major = head[6]!;
  if (major < 1 || major > 3) throw damaged(`is of version ${major}`);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const start = major === 1 ? 10 : 12;
  const length = start + (major === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (length > Math.min(MAX_NPY_HEADER, size)) throw damaged(`announces a header of ${length} bytes`);
  const text = new TextDecoder().decode(head.subarray(start, length));
  const descr = /'descr':\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const axes = /'shape':\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  if (descr === undefined || order === undefined || axes === undefined) {
    throw damaged('has a header without a plain dtype, order and shape');
  }
  const dtype = TYPES[descr.slice(1)];
  if (!dtype || !'<>='.includes(descr[0]!)) {
    throw new BagError(
      descr.includes('O') ? 'hostile' : 'not-floating',
      where,
      `has the dtype ${descr}; features are float16, float32 or float64`,
    );
  }
  const shape = axes
    .split(',')
    .filter((axis) => axis.trim() !== '')
    .map(Number);
  const bytes = { ...FLOAT_BYTES, ...COORD_BYTES }[dtype];
  const expected = shape.reduce((product, n) => product * n, bytes);
  if (!shape.every(Number.isSafeInteger)) throw damaged(`has the shape (${axes})`);
  if (expected !== size - length) {
    throw new BagError(
      expected > size - length ? 'truncated' : 'damaged',
      where,
      `has ${size - length} bytes of numbers, its shape (${shape.join(', ')}) of ${dtype} needs ${expected}; copy or write it again`,
    );
  }
  return {
    dtype,
    bytes,
    bigEndian: descr.startsWith('>'),
    columnMajor: order === 'True',
    shape,
    length,
  };
}
