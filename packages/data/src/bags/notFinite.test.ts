import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findNotFinite } from './notFinite.js';

const LARGEST = 3.4028234663852886e38;

describe('findNotFinite', () => {
  it('finds what a look at every number finds, wherever it stands', () => {
    const number = fc.oneof(
      fc.float({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(LARGEST, -LARGEST, -0, 1e-45),
    );
    const bad = fc.constantFrom(NaN, Infinity, -Infinity);
    const places = fc.array(fc.tuple(fc.nat({ max: 5000 }), bad), { maxLength: 3 });
    fc.assert(
      fc.property(
        fc.array(number, { maxLength: 40 }),
        fc.nat({ max: 5000 }),
        places,
        (some, length, spoils) => {
          const values = Float32Array.from({ length }, (_, i) => some[i % Math.max(1, some.length)] ?? 1);
          for (const [at, value] of spoils) if (at < length) values[at] = value;
          expect(findNotFinite(values)).toBe(values.findIndex((value) => !Number.isFinite(value)));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('takes no sum of the largest numbers for an infinity', () => {
    expect(findNotFinite(new Float32Array(10_000).fill(LARGEST))).toBe(-1);
    expect(findNotFinite(new Float32Array(10_000).fill(-LARGEST))).toBe(-1);
  });

  it('is not deceived by infinities that would cancel', () => {
    const values = new Float32Array(16);
    [values[6], values[14]] = [Infinity, -Infinity];
    expect(findNotFinite(values)).toBe(6);
  });
});
