import { describe, expect, it } from 'vitest';
import { swappedPairs } from './swappedPairs.js';

describe('pairs in another order', () => {
  it.each([
    { a: [1, 2, 3], b: [10, 20, 30], pairs: 0 },
    { a: [1, 2, 3], b: [2, 1, 3], pairs: 1 },
    { a: [1, 2, 3], b: [3, 2, 1], pairs: 3 },
    { a: [1, 1, 2], b: [1, 1, 2], pairs: 0 },
    { a: [1, 1, 2], b: [0, 1, 2], pairs: 1 },
  ])('$a and $b: $pairs', ({ a, b, pairs }) => {
    expect(swappedPairs(a, b)).toBe(pairs);
  });
});
