import { existsSync } from 'node:fs';
import { asBag, type BagFile } from './bagFile.js';
import { BagError } from './bagError.js';
import { checkedRows } from './checkedRows.js';
import { decodeCoords, requireCoords, type CoordType } from './coords.js';
import { openBytes, readPiece, type FileBytes } from './fileBytes.js';
import { FLOAT_BYTES, type FloatType } from './floatType.js';
import { COORD_NAMES, findFeatures, matrixShape } from './matrixShape.js';
import { MAX_NPY_HEADER, parseNpyHeader, type NpyHeader } from './npyHeader.js';
import type { RowSource } from './rows.js';
import { stridedRows, type ReadAt } from './stridedRows.js';
import { listZip, readMember, type ZipMember } from './zipMembers.js';

/**
 * An array [patches, width] of NumPy, in C or Fortran order. Coordinates are read of `<name>.coords.npy` beside
 * it, which is where `writeNpyBag` puts them.
 */
export function openNpyBag(path: string): BagFile {
  const file = openBytes(path);
  try {
    const header = headerOf(file);
    const source = arrayRows(path, header, (into, at) => file.read(into, header.length + at));
    const beside = path.replace(/\.npy$/, '.coords.npy');
    const coords = beside !== path && existsSync(beside) ? coordsBeside(beside, source.rows) : undefined;
    return asBag({ path, format: 'npy', source, attributes: {}, coords, close: () => file.close() });
  } catch (error) {
    file.close();
    throw error;
  }
}

function headerOf(file: FileBytes): NpyHeader {
  return parseNpyHeader(file.path, readPiece(file, 0, Math.min(MAX_NPY_HEADER, file.size)), file.size);
}

function coordsBeside(path: string, rows: number): () => Float64Array {
  const withHeader = <T>(use: (file: FileBytes, header: NpyHeader) => T): T => {
    const file = openBytes(path);
    try {
      return use(file, headerOf(file));
    } finally {
      file.close();
    }
  };
  withHeader((_, { shape }) => requireCoords(path, shape, rows));
  return () =>
    withHeader((file, header) =>
      decodeArray(path, header, readPiece(file, header.length, file.size - header.length)),
    );
}

/** Unpacked archives are held in memory; a bag of 200,000 × 2,560 float32 has 2 GB. */
const MAX_UNPACKED = 2 ** 32 - 2 ** 16;

/**
 * An archive of NumPy arrays. Stored members (`np.savez`) are read by rows; compressed ones are unpacked
 * when the bag is opened and kept until it is closed.
 *
 * @param dataset which array holds the features.
 */
export async function openNpzBag(path: string, dataset?: string): Promise<BagFile> {
  const file = openBytes(path);
  try {
    const members = await listZip(file);
    const arrays = new Map(
      [...members.values()]
        .filter(({ name }) => name.endsWith('.npy'))
        .map((member) => [member.name.slice(0, -4), member]),
    );
    const feature = arrays.get(findFeatures(path, [...arrays.keys()], dataset))!;
    const { source, verified } = memberRows(file, feature);
    const coordsName = COORD_NAMES.find((name) => arrays.has(name));
    const coords = coordsName ? memberCoords(file, arrays.get(coordsName)!, source.rows) : undefined;
    return asBag({
      path,
      format: 'npz',
      source,
      ...(verified && { verified }),
      attributes: {},
      coords,
      close: () => file.close(),
    });
  } catch (error) {
    file.close();
    throw error;
  }
}

function memberRows(file: FileBytes, member: ZipMember): { source: RowSource; verified?: RowSource } {
  const where = `${file.path}, ${member.name}`;
  if (member.deflated) {
    const bytes = readMember(file, member, MAX_UNPACKED);
    const header = parseNpyHeader(where, bytes, bytes.length);
    const source = arrayRows(where, header, (into, at) =>
      into.set(bytes.subarray(header.length + at, header.length + at + into.length)),
    );
    return { source };
  }
  const header = parseNpyHeader(
    where,
    readPiece(file, member.position, Math.min(MAX_NPY_HEADER, member.size)),
    member.size,
  );
  const begin = member.position + header.length;
  const source = arrayRows(where, header, (into, at) => file.read(into, begin + at));
  if (header.columnMajor || header.bigEndian) return { source };
  const before = readPiece(file, member.position, header.length);
  return { source, verified: checkedRows(source, file.path, member, before) };
}

function memberCoords(file: FileBytes, member: ZipMember, rows: number): () => Float64Array {
  const where = `${file.path}, ${member.name}`;
  const open = () => {
    const bytes = readMember(file, member, MAX_UNPACKED);
    const header = parseNpyHeader(where, bytes, bytes.length);
    return { header, bytes };
  };
  requireCoords(where, open().header.shape, rows);
  return () => {
    const { header, bytes } = open();
    return decodeArray(where, header, bytes.slice(header.length));
  };
}

function arrayRows(where: string, header: NpyHeader, read: ReadAt): RowSource {
  const { dtype, bigEndian, columnMajor, shape } = header;
  const [rows, width] = matrixShape(where, shape);
  if (!isFloat(dtype)) {
    throw new BagError('not-floating', where, `features are ${dtype}; expected a floating-point dtype`);
  }
  const strides = columnMajor ? ([1, rows] as const) : ([width, 1] as const);
  return stridedRows({ dtype, bigEndian, rows, width, strides }, read);
}

function isFloat(dtype: string): dtype is FloatType {
  return Object.hasOwn(FLOAT_BYTES, dtype);
}

function decodeArray(where: string, header: NpyHeader, raw: Uint8Array): Float64Array {
  const { dtype, bigEndian, columnMajor, shape } = header;
  if (dtype === 'float16' || dtype === 'bfloat16') {
    throw new BagError('unsupported', where, `coords are ${dtype}, which holds no pixel position`);
  }
  const values = decodeCoords(dtype as CoordType, raw, bigEndian);
  if (!columnMajor) return values;
  const rows = shape[0]!;
  return Float64Array.from(values, (_, i) => values[(i % 2) * rows + Math.floor(i / 2)]!);
}
