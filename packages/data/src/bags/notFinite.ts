import { BagError } from './bagError.js';

/**
 * Where the first NaN or infinity is, or −1.
 *
 * A number times zero is zero unless it is NaN or infinite, so four sums of such products, which the processor
 * adds side by side, say of a whole block whether to look closer.
 */
export function findNotFinite(values: Float32Array): number {
  const BLOCK = 4096;
  for (let start = 0; start < values.length; start += BLOCK) {
    const end = Math.min(start + BLOCK, values.length);
    let [a, b, c, d] = [0, 0, 0, 0];
    let i = start;
    for (; i + 3 < end; i += 4) {
      a += values[i]! * 0;
      b += values[i + 1]! * 0;
      c += values[i + 2]! * 0;
      d += values[i + 3]! * 0;
    }
    for (; i < end; i += 1) a += values[i]! * 0;
    if (a + b + c + d === 0) continue;
    for (i = start; i < end; i += 1) if (!Number.isFinite(values[i]!)) return i;
  }
  return -1;
}

export function notFiniteError(path: string, row: number, column: number, value: number): BagError {
  return new BagError(
    'not-finite',
    path,
    `row ${row}, column ${column} is ${value}; extract the slide again, or leave it out`,
  );
}
