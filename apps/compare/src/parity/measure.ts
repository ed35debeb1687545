import type { Numbers } from './tensor.js';

/** How far two float32 runs are from the oracle; positions are flat, -1 where there is nothing to point at. */
export interface Measured {
  /** Largest |oracle| over its finite entries; 0 where there is none. */
  readonly scale: number;
  /** Largest |ts - oracle|, not yet divided by the scale; infinite where one is NaN or ±∞ and the other is not. */
  readonly gapTs: number;
  readonly gapTorch32: number;
  /** Where `gapTs` was found first. */
  readonly at: number;
  /** Where `gapTorch32` was found first. */
  readonly atTorch32: number;
}

/**
 * Measure two runs against the oracle in one pass, without allocating: 23 million elements take 0.2 s.
 *
 * @param ts, oracle, torch32 of the same length.
 */
export function measure(ts: Numbers, oracle: Numbers, torch32: Numbers): Measured {
  const length = oracle.length;
  let scale = 0;
  let gapTs = 0;
  let gapTorch32 = 0;
  let at = -1;
  let atTorch32 = -1;
  for (let i = 0; i < length; i++) {
    const truth = oracle[i]!;
    const size = Math.abs(truth);
    if (size > scale && size < Infinity) scale = size;
    // `!(a <= b)` is also true for NaN, which `a > b` would let through.
    const gapX = Math.abs(ts[i]! - truth);
    if (!(gapX <= gapTs) && !(gapX !== gapX && Object.is(ts[i], truth))) {
      if (gapTs < Infinity) at = i;
      gapTs = gapX < Infinity ? gapX : Infinity;
    }
    const gapY = Math.abs(torch32[i]! - truth);
    if (!(gapY <= gapTorch32) && !(gapY !== gapY && Object.is(torch32[i], truth))) {
      if (gapTorch32 < Infinity) atTorch32 = i;
      gapTorch32 = gapY < Infinity ? gapY : Infinity;
    }
  }
  return { scale, gapTs, gapTorch32, at, atTorch32 };
}

/**
 * Find where a silenced row speaks: the first element of `ts` that is not zero in a row which is zero
 * throughout in both others; -1 if there is none.
 *
 * @param width length of a row, at least 1.
 */
export function findLeak(ts: Numbers, oracle: Numbers, torch32: Numbers, width: number): number {
  for (let start = 0; start < oracle.length; start += width) {
    if (oracle[start] !== 0) continue;
    let at = -1;
    let i = start;
    for (; i < start + width && oracle[i] === 0 && torch32[i] === 0; i++) if (at < 0 && ts[i] !== 0) at = i;
    if (i === start + width && at >= 0) return at;
  }
  return -1;
}
