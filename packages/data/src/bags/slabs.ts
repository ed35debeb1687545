import { setImmediate } from 'node:timers/promises';
import type { BagFile } from './bagFile.js';
import { FLOAT_BYTES, widen } from './floatType.js';
import { findNotFinite, notFiniteError } from './notFinite.js';

/** Some neighbouring rows of a bag; both views are reused for the next ones. */
export interface Slab {
  readonly first: number;
  readonly count: number;
  /** In the file's dtype. */
  readonly raw: Uint8Array;
  /** [count × width] float32. */
  readonly values: Float32Array;
}

/** Bytes of the file that are held at once. */
const SLAB_BYTES = 2 ** 22;

/**
 * Walk over a whole bag in bounded memory, from the first row to the last. Between slabs the program may do
 * something else, such as hear that it is to stop.
 */
export async function* slabsOf(bag: BagFile, signal?: AbortSignal): AsyncGenerator<Slab, void, undefined> {
  const { rows, width, dtype } = bag;
  const rowBytes = width * FLOAT_BYTES[dtype];
  const step = Math.max(1, Math.min(rows, Math.floor(SLAB_BYTES / Math.max(1, rowBytes))));
  const buffer = new Uint8Array(step * rowBytes);
  const widened = dtype === 'float32' ? new Float32Array(buffer.buffer) : new Float32Array(step * width);
  for (let first = 0; first < rows; first += step) {
    await setImmediate();
    signal?.throwIfAborted();
    const count = Math.min(step, rows - first);
    const raw = buffer.subarray(0, count * rowBytes);
    const values = widened.subarray(0, count * width);
    bag.readRaw({ first, count }, raw);
    if (dtype !== 'float32') widen(dtype, raw, values);
    yield { first, count, raw, values };
  }
}

/** @throws BagError naming row and column of the first NaN or infinity. */
export function requireFinite({ path, width }: BagFile, { first, values }: Slab): void {
  const at = findNotFinite(values);
  if (at >= 0) throw notFiniteError(path, first + Math.floor(at / width), at % width, values[at]!);
}
