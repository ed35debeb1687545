import { BagError } from './bagError.js';

/** Numbers that are looked at by one call: few enough that the engine soon compiles the loop for good. */
const BLOCK = 2048;

/** Where the first NaN or infinity is, or −1. */
export function findNotFinite(values: Float32Array): number {
  for (let start = 0; start < values.length; start += BLOCK) {
    const end = Math.min(start + BLOCK, values.length);
    if (allFinite(values, start, end)) continue;
    return values.findIndex((value, i) => i >= start && !Number.isFinite(value));
  }
  return -1;
}

/**
 * Whether none of these numbers is NaN or infinite.
 *
 * Their sum answers for all: it is taken in float64, where 2048 of the largest float32 (3.4e38) are far from the
 * largest number (1.8e308), so that only a NaN or an infinity makes it one; and neither goes away by adding. Eight at a
 * time, in pairs, because each sum waits for the one before.
 */
function allFinite(v: Float32Array, start: number, end: number): boolean {
  let sum = 0;
  let i = start;
  for (; i + 8 <= end; i += 8) {
    sum += v[i]! + v[i + 1]! + (v[i + 2]! + v[i + 3]!) + (v[i + 4]! + v[i + 5]! + (v[i + 6]! + v[i + 7]!));
  }
  for (; i < end; i += 1) sum += v[i]!;
  return Number.isFinite(sum);
}

export function notFiniteError(path: string, row: number, column: number, value: number): BagError {
  return new BagError(
    'not-finite',
    path,
    `row ${row}, column ${column} is ${value}; extract the slide again, or leave it out`,
  );
}
