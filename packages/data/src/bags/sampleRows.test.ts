import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleRows } from './sampleRows.js';

describe('sampled rows', () => {
  it('are different rows in ascending order, as many as asked for, the same for the same seed', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), fc.integer(), (n, rows, seed) => {
        const chosen = [...sampleRows(n, rows, seed)];
        expect(chosen.length).toBe(Math.min(n, rows));
        expect(chosen).toEqual([...new Set(chosen)].sort((a, b) => a - b));
        expect(chosen.every((row) => row < rows)).toBe(true);
        expect([...sampleRows(n, rows, seed)]).toEqual(chosen);
      }),
    );
  });

  it('are each row equally often', () => {
    const counts = new Array<number>(20).fill(0);
    for (let seed = 0; seed < 4000; seed += 1) for (const row of sampleRows(5, 20, seed)) counts[row]! += 1;
    // 1,000 expected each, standard deviation 27: five of them.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(137);
  });

  it('refuse a number of rows that is none', () => {
    expect(() => sampleRows(-1, 4, 0)).toThrow('n is -1, expected a whole number');
    expect(() => sampleRows(1, 0.5, 0)).toThrow('rows is 0.5');
  });
});
