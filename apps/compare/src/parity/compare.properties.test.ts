import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare } from './compare.js';
import { real } from './quantity.fixture.js';

describe('compare, properties', () => {
  const float = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
  const floats = fc.array(float, { minLength: 1, maxLength: 40 });
  const pair = floats.chain((a) =>
    fc.tuple(fc.constant(a), fc.array(float, { minLength: a.length, maxLength: a.length })),
  );

  it('finds no error between equals, odd values included', () => {
    fc.assert(
      fc.property(fc.array(fc.float()), (values) => {
        expect(compare(real(values, values))).toMatchObject({
          errorTs: 0,
          errorTorch32: 0,
          ratio: 0,
          pass: true,
        });
      }),
    );
  });

  it('measures both runs alike', () => {
    fc.assert(
      fc.property(pair, floats, ([oracle, a], rest) => {
        const b = oracle.map((value, i) => rest[i] ?? value);
        const one = compare(real(a, oracle, b));
        const other = compare(real(b, oracle, a));
        expect([one.errorTs, one.errorTorch32]).toEqual([other.errorTorch32, other.errorTs]);
      }),
    );
  });

  it('finds any single element above the limit, at its index', () => {
    fc.assert(
      fc.property(floats, fc.nat(), fc.boolean(), (values, pick, up) => {
        const oracle = [...values, 1];
        const i = pick % oracle.length;
        const scale = Math.max(...oracle.map(Math.abs));
        const ts = oracle.map((value, k) =>
          k === i ? Math.fround(value + (up ? 1 : -1) * scale * 1e-5) : value,
        );
        expect(compare(real(ts, oracle))).toMatchObject({ pass: false, at: [i] });
      }),
    );
  });

  it('finds a NaN wherever it is put', () => {
    fc.assert(
      fc.property(floats, fc.nat(), (oracle, pick) => {
        const i = pick % oracle.length;
        const ts = oracle.map((value, k) => (k === i ? NaN : value));
        expect(compare(real(ts, oracle))).toMatchObject({ pass: false, errorTs: Infinity, at: [i] });
        expect(compare(real(oracle, ts, ts))).toMatchObject({ pass: false, errorTs: Infinity, at: [i] });
      }),
    );
  });

  it('does not depend on the unit, as long as it is a power of two', () => {
    fc.assert(
      fc.property(pair, fc.integer({ min: -40, max: 40 }), ([oracle, ts], power) => {
        // Above what counts as rounding of float64 in either unit.
        const normal = (value: number) => (Math.abs(value) < 1 ? 0 : value);
        const [a, b] = [ts.map(normal), [...oracle.map(normal), 1e6]];
        a.push(1e6);
        const scaled = (values: number[]) => values.map((value) => value * 2 ** power);
        const one = compare(real(a, b));
        const other = compare(real(scaled(a), scaled(b)));
        expect(other).toMatchObject({ errorTs: one.errorTs, ratio: one.ratio, pass: one.pass });
        expect(other.scale).toBe(one.scale * 2 ** power);
      }),
    );
  });
});

describe('compare, speed', () => {
  it('walks over ten million elements within a second', () => {
    const shape = [10_000, 1_000];
    const oracle = new Float64Array(10_000_000).fill(0.5);
    const ts = Float32Array.from(oracle);
    const start = performance.now();
    compare({
      name: 'q',
      kind: 'real',
      ts: { data: ts, shape },
      torch32: { data: ts, shape },
      oracle: { data: oracle, shape },
    });
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
