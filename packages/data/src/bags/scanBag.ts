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

/** Odd numbers whose multiples spread over all 32 bits: 2³² divided by the golden ratio, and MurmurHash3's. */
const [SPREAD_A, SPREAD_B] = [0x9e3779b1, 0x85ebca6b];

/** Read a whole bag once, slab by slab. @throws BagError if it is damaged. */
export async function scanBag(bag: BagFile, signal?: AbortSignal): Promise<BagScan> {
  const { width } = bag;
  let notFinite = 0;
  let zeroRows = 0;
  let first: BagScan['first'];
  let [a, b] = [0, 0];
  for await (const { first: start, count, values } of slabsOf(bag, signal)) {
    const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
    for (let row = 0; row < count; row += 1) {
      const end = (row + 1) * width;
      let any = 0;
      let strange = false;
      for (let i = row * width; i < end; i += 1) {
        const word = words[i]!;
        a = Math.imul(a ^ word, SPREAD_A);
        b = Math.imul(b, SPREAD_B) + word;
        any |= word;
        // All bits of the exponent set: NaN or infinity.
        strange ||= (word & 0x7f800000) === 0x7f800000;
      }
      if ((any & 0x7fffffff) === 0) zeroRows += 1;
      if (!strange) continue;
      for (let column = 0; column < width; column += 1) {
        const value = values[row * width + column]!;
        if (Number.isFinite(value)) continue;
        notFinite += 1;
        first ??= { row: start + row, column, value: String(value) };
      }
    }
    // Low bits of a product know nothing of the high ones: fold them once a slab.
    a ^= a >>> 15;
    b ^= b >>> 13;
  }
  const hex = (half: number) => (half >>> 0).toString(16).padStart(8, '0');
  return { notFinite, zeroRows, fingerprint: hex(a) + hex(b), ...(first && { first }) };
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
