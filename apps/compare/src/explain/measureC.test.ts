import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Measure } from './comparedRun.js';
import { measureC, measureOfCounts } from './measureC.js';
import { naiveC, plainRun } from './plantedRuns.testing.js';

const measure = fc.record<Measure>({
  metric: fc.constantFrom('harrell', 'uno'),
  ties: fc.constantFrom('scikit-survival', 'lifelines'),
  folds: fc.constantFrom('pooled', 'mean'),
});

describe('measureC and measureOfCounts', () => {
  it('give what counting pair by pair gives, by every measure', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), measure, (seed, how) => {
        const { rows } = plainRun(seed, 30);
        expect(measureC(rows, how)).toBeCloseTo(naiveC({ rows, measure: how }), 10);
      }),
      { numRuns: 50 },
    );
  });

  it('count a case as often as it was drawn', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        measure,
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 20, maxLength: 20 }),
        (seed, how, counts) => {
          const { rows } = plainRun(seed, 20);
          const drawn = rows.flatMap((row, i) => Array.from({ length: counts[i]! }, () => row));
          const [told, expected] = [measureOfCounts(rows, how)(counts), measureC(drawn, how)];
          if (expected === undefined) expect(told).toBeUndefined();
          else expect(told).toBeCloseTo(expected, 10);
        },
      ),
    );
  });
});
