import { expectNoLeak } from '@concord/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { initBackend } from './backend.js';
import { blockedProduct } from './blockedProduct.js';

beforeAll(async () => {
  await initBackend();
});

/** aᵀ b in float64. */
function exact(a: Float32Array, b: Float32Array, rows: number, m: number, n: number): Float64Array {
  const sum = new Float64Array(m * n);
  for (let r = 0; r < rows; r++)
    for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) sum[i * n + j]! += a[r * m + i]! * b[r * n + j]!;
  return sum;
}

describe('a product summed in blocks of rows', () => {
  // Below, at and above the size from which there are blocks; with and without rows left over.
  it.each([1, 7, 127, 128, 129, 135, 136, 1000])('is the product over %s rows', (rows) => {
    const [a, b] = [tf.randomNormal<tf.Rank.R2>([rows, 5]), tf.randomNormal<tf.Rank.R2>([rows, 3])];
    const expected = exact(a.dataSync() as Float32Array, b.dataSync() as Float32Array, rows, 5, 3);
    const found = expectNoLeak(() => {
      const product = blockedProduct(a, b);
      expect(product.shape).toEqual([5, 3]);
      const values = product.dataSync();
      product.dispose();
      return values;
    });
    const scale = Math.max(...expected.map(Math.abs));
    found.forEach((value, i) => expect(Math.abs(value - expected[i]!) / scale).toBeLessThan(2e-6));
    tf.dispose([a, b]);
  });

  it('keeps its digits where thousands of rows are the same', () => {
    const rows = 4427;
    const [a, b] = [new Float32Array(rows).fill(0.1), new Float32Array(rows).fill(0.7)];
    const [expected] = exact(a, b, rows, 1, 1);
    const found = tf.tidy(() =>
      blockedProduct(tf.tensor2d(a, [rows, 1]), tf.tensor2d(b, [rows, 1])).dataSync(),
    );
    expect(Math.abs(found[0]! / expected! - 1)).toBeLessThan(1e-6);
  });
});
