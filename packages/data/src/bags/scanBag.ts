import type { BagFile } from './bagFile.js';
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

/** An odd number whose multiples spread over all 32 bits: 2³² divided by the golden ratio. */
const SPREAD = 0x9e3779b1;

/** Read a whole bag once, slab by slab. @throws BagError if it is damaged. */
export async function scanBag(bag: BagFile, signal?: AbortSignal): Promise<BagScan> {
  const { width } = bag;
  let notFinite = 0;
  let zeroRows = 0;
  let first: BagScan['first'];
  const print = new Int32Array(2);
  for await (const { first: start, count, values } of slabsOf(bag, signal)) {
    const strange: number[] = [];
    zeroRows += scanRows(
      new Int32Array(values.buffer, values.byteOffset, count * width),
      width,
      print,
      strange,
    );
    for (const row of strange) {
      values.subarray(row * width, (row + 1) * width).forEach((value, column) => {
        if (Number.isFinite(value)) return;
        notFinite += 1;
        first ??= { row: start + row, column, value: String(value) };
      });
    }
  }
  const fingerprint = [...print].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  return { notFinite, zeroRows, fingerprint, ...(first && { first }) };
}

/**
 * Look at some rows. No part of `scanBag`, because the engine compiles loops of asynchronous functions poorly.
 *
 * @param strange is told which rows hold NaN or an infinity. @returns how many rows are zero throughout.
 */
function scanRows(words: Int32Array, width: number, print: Int32Array, strange: number[]): number {
  let zeros = 0;
  for (let from = 0, row = 0; from < words.length; from += width, row += 1) {
    const any = mixRow(words, from, from + width, print);
    if (any === ZERO_ROW) zeros += 1;
    if (any < 0) strange.push(row);
  }
  return zeros;
}

/** What `mixRow` gives for a row of zeros, of either sign. */
const ZERO_ROW = 0x800000;

/**
 * Mix a row into both halves of the fingerprint: its sum, and the exclusive or of its numbers, turned by their
 * place. Rows are multiplied in, which is dear, and numbers are not.
 *
 * @returns negative if any number is NaN or infinite, as `allFinite` tells it; `ZERO_ROW` if all are zero.
 */
function mixRow(words: Int32Array, start: number, end: number, print: Int32Array): number {
  // Three declarations: taken out of an array, the engine keeps them as objects, five times as slow.
  let sum = 0;
  let mixed = 0;
  let any = 0;
  for (let i = start; i < end; i += 1) {
    const word = words[i]!;
    sum = (sum + word) | 0;
    mixed = ((mixed << 5) | (mixed >>> 27)) ^ word;
    any |= (word & 0x7fffffff) + 0x800000;
  }
  print[0] = Math.imul(print[0]! ^ sum, SPREAD);
  print[1] = Math.imul(print[1]! ^ mixed, SPREAD) + 1;
  // The low bits of a product know nothing of the high ones: fold them.
  print[0] ^= print[0]! >>> 15;
  print[1] ^= print[1]! >>> 15;
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
