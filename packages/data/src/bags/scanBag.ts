import type { BagFile } from './bagFile.js';
import { allFinite } from './notFinite.js';
import { slabsOf } from './slabs.js';

/** What one look at all numbers of a bag tells. */
export interface BagScan {
  /** NaN and infinities, and where the first is. */
  readonly notFinite: number;
  readonly first?: { readonly row: number; readonly column: number; readonly value: string };
  /** Rows that are zero throughout: memory that was never written. */
  readonly zeroRows: number;
  /** 64 bits of all numbers and their order; equal bags have equal ones, others hardly ever. */
  readonly fingerprint: string;
}

/** Odd numbers whose multiples spread over all 32 bits: 2³² divided by the golden ratio, and MurmurHash3's. */
const [SPREAD_A, SPREAD_B] = [0x9e3779b1, 0x85ebca6b];

/** Read a whole bag once, slab by slab. @throws BagError if it is damaged. */
export async function scanBag(bag: BagFile, signal?: AbortSignal): Promise<BagScan> {
  const { width } = bag;
  let notFinite = 0;
  let zeroRows = 0;
  let first: BagScan['first'];
  const print = new Int32Array(2);
  for await (const { first: start, count, values } of slabsOf(bag, signal)) {
    const words = new Int32Array(values.buffer, values.byteOffset, values.length);
    for (let row = 0; row < count; row += 1) {
      const from = row * width;
      // A function a row, so that the engine soon compiles it for good.
      const any = mixRow(words, from, from + width, print);
      if ((any & 0x7fffffff) === 0) zeroRows += 1;
      if (allFinite(words, from, from + width)) continue;
      for (let column = 0; column < width; column += 1) {
        const value = values[from + column]!;
        if (Number.isFinite(value)) continue;
        notFinite += 1;
        first ??= { row: start + row, column, value: String(value) };
      }
    }
  }
  const fingerprint = [...print].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  return { notFinite, zeroRows, fingerprint, ...(first && { first }) };
}

/** Mix a row into both halves of the fingerprint. @returns all bits that any of its numbers has set. */
function mixRow(words: Int32Array, start: number, end: number, print: Int32Array): number {
  let [a, b, any] = [print[0]!, print[1]!, 0];
  for (let i = start; i < end; i += 1) {
    const word = words[i]!;
    a = Math.imul(a ^ word, SPREAD_A);
    b = Math.imul(b, SPREAD_B) + word;
    any |= word;
  }
  // The low bits of a product know nothing of the high ones: fold them.
  print[0] = a ^ (a >>> 15);
  print[1] = b ^ (b >>> 13);
  return any;
}

/** Whether two bags hold the same numbers, bit for bit. */
export async function sameNumbers(one: BagFile, other: BagFile, signal?: AbortSignal): Promise<boolean> {
  if (one.rows !== other.rows || one.width !== other.width || one.dtype !== other.dtype) return false;
  const others = slabsOf(other, signal);
  for await (const { raw } of slabsOf(one, signal)) {
    const { value } = await others.next();
    if (!value || Buffer.compare(raw, value.raw) !== 0) {
      await others.return();
      return false;
    }
  }
  return true;
}
