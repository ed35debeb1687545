import type { TensorQuantity } from './quantity.js';

/** Quantities from plain lists, for the comparer's tests. */

export function real(
  ts: number[],
  oracle: number[],
  torch32: number[] = oracle,
  shape: number[] = [oracle.length],
): TensorQuantity {
  return {
    name: 'q',
    kind: 'real',
    ts: { data: Float32Array.from(ts), shape },
    oracle: { data: Float64Array.from(oracle), shape },
    torch32: { data: Float32Array.from(torch32), shape },
  };
}

export const exact = (ts: number[], oracle: number[], shape?: number[]): TensorQuantity => ({
  ...real(ts, oracle, oracle, shape),
  kind: 'exact',
});
