import { openSafetensors, SafetensorsError, type Dtype, type SafetensorsFile } from '@concord/safetensors';
import { asBag, type BagAttribute, type BagFile } from './bagFile.js';
import { BagError } from './bagError.js';
import { decodeCoords, requireCoords, type CoordType } from './coords.js';
import type { FloatType } from './floatType.js';
import { COORD_NAMES, findFeatures, matrixShape } from './matrixShape.js';
import { stridedRows } from './stridedRows.js';

/** A bag has a handful of tensors; the format would allow 100 MB of header, which take seconds to parse. */
const MAX_HEADER_BYTES = 2 ** 24;

const FLOATS: Partial<Record<Dtype, FloatType>> = {
  F16: 'float16',
  BF16: 'bfloat16',
  F32: 'float32',
  F64: 'float64',
};

const COORDS: Partial<Record<Dtype, CoordType>> = {
  I32: 'int32',
  U32: 'uint32',
  I64: 'int64',
  U64: 'uint64',
  F32: 'float32',
  F64: 'float64',
};

/** Open a safetensors file for a bag's reader. @throws BagError instead of that package's error. */
export function openTensors(path: string): SafetensorsFile {
  return translate(path, () => openSafetensors(path, { maxHeaderBytes: MAX_HEADER_BYTES }));
}

/** Features [patches, width] in a safetensors file; its metadata are the bag's attributes. */
export function openSafetensorsBag(path: string, dataset?: string): BagFile {
  const file = openTensors(path);
  try {
    const name = findFeatures(path, file.names, dataset);
    const { dtype: stored, shape } = file.info(name);
    const dtype = FLOATS[stored];
    if (!dtype)
      throw new BagError('not-floating', path, `${name} is ${stored}; expected F16, BF16, F32 or F64`);
    const [rows, width] = matrixShape(path, shape);
    const source = stridedRows({ dtype, rows, width, strides: [width, 1] }, (into, at) =>
      translate(path, () => file.readInto(name, into, at)),
    );
    const coordsName = COORD_NAMES.find((other) => file.has(other));
    return asBag({
      path,
      format: 'safetensors',
      source,
      attributes: attributesOf(file.metadata),
      coords: coordsName === undefined ? undefined : coordsReader(file, coordsName, rows),
      close: () => file.close(),
    });
  } catch (error) {
    file.close();
    throw error;
  }
}

function coordsReader(file: SafetensorsFile, name: string, rows: number): () => Float64Array {
  const { dtype: stored, shape, begin, end } = file.info(name);
  requireCoords(file.path, shape, rows);
  const dtype = COORDS[stored];
  if (!dtype)
    throw new BagError('unsupported', file.path, `${name} is ${stored}, which holds no pixel position`);
  return () => {
    const raw = new Uint8Array(end - begin);
    translate(file.path, () => file.readInto(name, raw));
    return decodeCoords(dtype, raw);
  };
}

/** Attributes that were numbers or truth values come back as such: the header holds nothing but text. */
function attributesOf(metadata: Readonly<Record<string, string>>): Record<string, BagAttribute> {
  return Object.fromEntries(Object.entries(metadata).map(([name, text]) => [name, parseAttribute(text)]));
}

function parseAttribute(text: string): BagAttribute {
  if (text === 'true' || text === 'false') return text === 'true';
  const number = Number(text);
  return String(number) === text && Number.isFinite(number) ? number : text;
}

function translate<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof SafetensorsError) {
      throw new BagError('damaged', path, error.message.slice(error.file.length + 2));
    }
    // A header may be nested deeper than the parser can go.
    if (error instanceof RangeError) throw new BagError('hostile', path, `its header: ${error.message}`);
    throw error;
  }
}
