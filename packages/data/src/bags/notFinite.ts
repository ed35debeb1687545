import { BagError } from './bagError.js';

/** Numbers that are looked at by one call: few enough that the engine soon compiles the loop for good. */
const BLOCK = 2048;

/** Where the first NaN or infinity is, or −1. */
export function findNotFinite(values: Float32Array): number {
  const words = new Int32Array(values.buffer, values.byteOffset, values.length);
  for (let start = 0; start < words.length; start += BLOCK) {
    const end = Math.min(start + BLOCK, words.length);
    if (allFinite(words, start, end)) continue;
    return values.findIndex((value, i) => i >= start && !Number.isFinite(value));
  }
  return -1;
}

/**
 * Whether none of these float32 numbers, given as bits, is NaN or infinite.
 *
 * Those have all bits of the exponent set. Adding the lowest of them to the number without its sign then carries
 * into the sign, and in no other case; so one sum of bits answers for all.
 */
function allFinite(words: Int32Array, start: number, end: number): boolean {
  let any = 0;
  for (let i = start; i < end; i += 1) any |= (words[i]! & 0x7fffffff) + 0x800000;
  return any >= 0;
}

export function notFiniteError(path: string, row: number, column: number, value: number): BagError {
  return new BagError(
    'not-finite',
    path,
    `row ${row}, column ${column} is ${value}; extract the slide again, or leave it out`,
  );
}
