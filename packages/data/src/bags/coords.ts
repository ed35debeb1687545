import { BagError } from './bagError.js';
import { swapBytes } from './floatType.js';

/** @throws BagError unless coordinates are [rows, 2]. */
export function requireCoords(path: string, shape: readonly number[], rows: number): void {
  if (shape.length === 2 && shape[0] === rows && shape[1] === 2) return;
  throw new BagError(
    'coords-length',
    path,
    `coords have the shape [${shape.join(', ')}], expected [${rows}, 2]: one x and y for each row`,
  );
}

/** What coordinates are kept in. */
export type CoordType = 'int32' | 'uint32' | 'int64' | 'uint64' | 'float32' | 'float64';

export const COORD_BYTES: Readonly<Record<CoordType, number>> = {
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float32: 4,
  float64: 8,
};

/** Coordinates as float64, which holds every pixel position exactly. @param raw is turned round in place if big-endian. */
export function decodeCoords(dtype: CoordType, raw: Uint8Array, bigEndian = false): Float64Array {
  if (bigEndian) swapBytes(raw, COORD_BYTES[dtype]);
  const { buffer, byteOffset } = raw;
  const count = raw.length / COORD_BYTES[dtype];
  switch (dtype) {
    case 'int32':
      return Float64Array.from(new Int32Array(buffer, byteOffset, count));
    case 'uint32':
      return Float64Array.from(new Uint32Array(buffer, byteOffset, count));
    case 'int64':
      return Float64Array.from<bigint>(new BigInt64Array(buffer, byteOffset, count), Number);
    case 'uint64':
      return Float64Array.from<bigint>(new BigUint64Array(buffer, byteOffset, count), Number);
    case 'float32':
      return Float64Array.from(new Float32Array(buffer, byteOffset, count));
    case 'float64':
      return Float64Array.from(new Float64Array(buffer, byteOffset, count));
  }
}
