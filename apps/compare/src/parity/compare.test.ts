import { describe, expect, it } from 'vitest';
import { compare, FLOAT32_ULP, FLOOR_ULPS } from './compare.js';
import { exact, real } from './quantity.fixture.js';
import type { Comparison } from './quantity.js';
import type { HostTensor } from './tensor.js';

const FLOOR = FLOOR_ULPS * FLOAT32_ULP;

describe('compare', () => {
  it('gives the errors of a case worked by hand', () => {
    // Scale 4; TypeScript is 0.5 off, PyTorch 0.25, both exact in binary.
    const found = compare(real([1, 2.5, -4], [1, 2, -4], [1, 2, -3.75]));
    expect(found).toEqual<Comparison>({
      quantity: 'q',
      kind: 'real',
      shape: [3],
      scale: 4,
      errorTs: 0.125,
      errorTorch32: 0.0625,
      yardstick: 0.0625,
      limit: 0.25,
      ratio: 2,
      pass: true,
      at: [1],
    });
  });

  it('uses the floor where PyTorch is right by luck', () => {
    const near = compare(real([1 + 8 * FLOAT32_ULP], [1]));
    expect(near).toMatchObject({ errorTorch32: 0, yardstick: FLOOR, limit: 4 * FLOOR, ratio: 2, pass: true });
    const far = compare(real([1 + 32 * FLOAT32_ULP], [1]));
    expect(far).toMatchObject({ ratio: 8, pass: false, at: [0] });
    expect(far.reason).toMatch(/^1\.0000038\d* where the oracle has 1$/);
  });

  it('takes factor and floor from its options', () => {
    const quantity = real([1 + 8 * FLOAT32_ULP], [1]);
    expect(compare(quantity, { factor: 1 })).toMatchObject({ limit: FLOOR, pass: false });
    expect(compare(quantity, { floorUlps: 1 })).toMatchObject({
      yardstick: FLOAT32_ULP,
      ratio: 8,
      pass: false,
    });
  });

  it('passes at the very limit and fails right above it', () => {
    expect(compare(real([1 + 16 * FLOAT32_ULP], [1])).pass).toBe(true);
    expect(compare(real([1 + 17 * FLOAT32_ULP], [1])).pass).toBe(false);
  });

  it('points at the worst element along every axis', () => {
    const oracle = Array.from({ length: 24 }, () => 1);
    const ts = oracle.map((value, i) => (i === 17 ? 3 : i === 3 ? 2 : value));
    expect(compare(real(ts, oracle, oracle, [2, 3, 4])).at).toEqual([1, 1, 1]);
  });

  it('points at nothing where there is no error', () => {
    expect(compare(real([1, 2], [1, 2]))).not.toHaveProperty('at');
  });

  it('compares a scalar', () => {
    expect(compare(real([2], [2], [2], []))).toMatchObject({ pass: true, shape: [] });
    expect(compare(real([3], [2], [2], []))).toMatchObject({ pass: false, at: [] });
  });
});

describe('compare, at the door', () => {
  const oracle: HostTensor = { data: Float64Array.of(1, 2), shape: [2] };
  const right: HostTensor = { data: Float32Array.of(1, 2), shape: [2] };
  const wide: HostTensor = { data: Float32Array.of(1, 2), shape: [1, 2] };
  const long: HostTensor = { data: Float32Array.of(1, 2, 3), shape: [3] };
  const lying: HostTensor = { data: Float32Array.of(1, 2, 3), shape: [2] };

  it.each([
    ['another rank', { ts: wide }, 'shape: TypeScript has [1, 2], the oracle [2]'],
    ['another length', { torch32: long }, 'shape: PyTorch float32 has [3], the oracle [2]'],
    [
      'an array that its shape does not describe',
      { ts: lying },
      'shape: TypeScript says [2] and holds 3 numbers',
    ],
    [
      'a published tensor of another shape',
      { published: long },
      'shape: the published class has [3], the oracle [2]',
    ],
    [
      'float64 where float32 is due',
      { ts: oracle },
      'dtype: TypeScript float64, PyTorch float32, oracle float64; expected float32, float32, float64',
    ],
    [
      'an oracle in float32',
      { oracle: right },
      'dtype: TypeScript float32, PyTorch float32, oracle float32; expected float32, float32, float64',
    ],
    [
      'integers where reals are due',
      { ts: { data: Int32Array.of(1, 2), shape: [2] } },
      'dtype: TypeScript int32, PyTorch float32, oracle float64; expected float32, float32, float64',
    ],
  ])('fails %s, with the reason', (_, wrong, reason) => {
    const found = compare({ name: 'q', kind: 'real', ts: right, oracle, torch32: right, ...wrong });
    expect(found).toMatchObject({ pass: false, errorTs: Infinity, reason });
  });

  it('tells an integer mask from a float mask', () => {
    const bytes: HostTensor = { data: Uint8Array.of(1, 0), shape: [2] };
    const floats: HostTensor = { data: Float32Array.of(1, 0), shape: [2] };
    const mask = (ts: HostTensor, torch32: HostTensor) =>
      compare({ name: 'q', kind: 'exact', ts, torch32, oracle: { data: Float64Array.of(1, 0), shape: [2] } });
    expect(mask(bytes, floats).reason).toMatch(/^dtype: TypeScript uint8, PyTorch float32/);
    expect(mask(bytes, { data: Int32Array.of(1, 0), shape: [2] }).pass).toBe(true);
    expect(mask(floats, floats).pass).toBe(true);
  });

  it.each([[[0]], [[0, 256]], [[3, 0]]])('finds empty tensors of shape %j equal', (shape) => {
    expect(compare(real([], [], [], shape))).toMatchObject({
      pass: true,
      errorTs: 0,
      errorTorch32: 0,
      scale: 0,
    });
  });

  it('fails empty tensors of different shapes', () => {
    const empty = real([], [], [], [0, 2]);
    expect(compare({ ...empty, ts: { data: new Float32Array(0), shape: [2, 0] } }).pass).toBe(false);
  });
});

describe('compare, on values that are no numbers', () => {
  const odd = [NaN, Infinity, -Infinity];

  it.each(odd)('%d equals itself', (value) => {
    expect(compare(real([1, value], [1, value]))).toMatchObject({ pass: true, errorTs: 0, scale: 1 });
  });

  it.each(odd.flatMap((a) => [1, 0, ...odd].filter((b) => !Object.is(a, b)).map((b) => [a, b] as const)))(
    '%d and %d differ, either way round',
    (a, b) => {
      for (const [ts, oracle] of [
        [a, b],
        [b, a],
      ] as const) {
        const found = compare(real([1, ts], [1, oracle], [1, oracle]));
        expect(found).toMatchObject({ pass: false, errorTs: Infinity, at: [1] });
        expect(found.reason).toContain(`${ts} where the oracle has ${oracle}`);
      }
    },
  );

  it('does not let an infinite oracle hide a gap elsewhere', () => {
    expect(compare(real([Infinity, 2], [Infinity, 1]))).toMatchObject({ pass: false, errorTs: 1, at: [1] });
  });

  it('names a PyTorch run that overflows, and falls back to the floor', () => {
    const found = compare(real([1, 2], [1, 2], [NaN, 2]));
    expect(found).toMatchObject({ pass: true, errorTorch32: Infinity, yardstick: FLOOR });
    expect(found.reason).toBe(
      'PyTorch float32 gives no yardstick (NaN where the oracle has 1); the floor is used',
    );
    expect(compare(real([1 + 1e-3, 2], [1, 2], [Infinity, 2])).pass).toBe(false);
  });
});

describe('compare, on zeros', () => {
  it('requires exact zero where the oracle is zero throughout', () => {
    expect(compare(real([0, -0], [0, 0])).pass).toBe(true);
    expect(compare(real([0, 1e-30], [0, 0]))).toMatchObject({ pass: false, errorTs: Infinity, at: [1] });
  });

  it('counts what is nothing but rounding of float64 as zero, next to 1', () => {
    expect(compare(real([0], [7e-21], [0]))).toMatchObject({ pass: true, scale: 1, ratio: 7e-21 / FLOOR });
    expect(compare(real([6e-11], [0], [5e-10])).pass).toBe(true);
    expect(compare(real([1e-5], [7e-21], [5e-10])).pass).toBe(false);
    expect(compare(real([1e-5], [1e-14], [1e-14])).pass).toBe(false);
    const spoken = { ...real([0], [0], [0]), published: { shape: [1], data: Float32Array.of(3e-11) } };
    expect(compare(spoken)).toMatchObject({ pass: true, errorTs: 0, errorPublished: Math.fround(3e-11) });
  });

  it('requires a row that both PyTorch runs silence to be silent', () => {
    const oracle = [1, 1, 0, 0, 1, 1];
    const leaking = compare(real([1, 1, 0, 1e-9, 1, 1], oracle, oracle, [3, 2]));
    expect(leaking).toMatchObject({ pass: false, at: [1, 1] });
    expect(leaking.reason).toMatch(/^row \[1\] is zero throughout in PyTorch, not here: 9\.99\d+e-10$/);
    expect(compare(real([1, 1, 0, -0, 1, 1], oracle, oracle, [3, 2])).pass).toBe(true);
  });

  it('allows rounding in a row that PyTorch float32 does not silence either', () => {
    const found = compare(real([1, 1, 0, 1e-9], [1, 1, 0, 0], [1, 1, 1e-9, 0], [2, 2]));
    expect(found.pass).toBe(true);
  });

  it('allows a zero element to be off by rounding inside a row that is not silent', () => {
    expect(compare(real([1, 1e-9], [1, 0], [1, 0], [1, 2])).pass).toBe(true);
  });
});

describe('compare, exact quantities', () => {
  it('accepts equality only', () => {
    expect(compare(exact([1, 0, 1], [1, 0, 1]))).toMatchObject({ pass: true, limit: 0, errorTs: 0 });
    const off = compare(exact([1, 0, 1 + FLOAT32_ULP], [1, 0, 1], [3, 1]));
    expect(off).toMatchObject({ pass: false, limit: 0, at: [2, 0] });
  });
});

describe('compare, with the published class', () => {
  const quantity = real([1, 2], [1, 2]);
  const published = (values: number[]) => ({ data: Float32Array.from(values), shape: [2] });

  it('gives its error and holds it to the same limit', () => {
    const near = compare({ ...quantity, published: published([1, 2 + 2 * FLOAT32_ULP]) });
    expect(near).toMatchObject({ pass: true, errorPublished: FLOAT32_ULP });
    const far = compare({ ...quantity, published: published([1, 2.5]) });
    expect(far).toMatchObject({ pass: false, errorTs: 0, errorPublished: 0.25 });
    expect(far.reason).toBe('the published class: 2.5 where the oracle has 2');
  });
});

describe('compare, decisions', () => {
  const decision = (violation: number, errorTorch32 = 1e-6) =>
    compare({
      name: 'cade.rank',
      kind: 'decision',
      shape: [5, 4],
      violation,
      basis: { scale: 2, errorTorch32 },
    });

  it('measures the violation by the tensor that was decided over', () => {
    expect(decision(0)).toMatchObject({ pass: true, errorTs: 0, scale: 2, yardstick: 1e-6, limit: 4e-6 });
    expect(decision(6e-6)).toMatchObject({ pass: true, errorTs: 3e-6 });
    expect(decision(9e-6)).toMatchObject({ pass: false });
    expect(decision(9e-6).reason).toBe('decided otherwise than float64 would, 0.000009 away from a tie');
  });

  it('has the same floor, and no patience with NaN', () => {
    expect(decision(1e-6, 0)).toMatchObject({ yardstick: FLOOR, pass: true });
    expect(decision(1e-6, Infinity).yardstick).toBe(FLOOR);
    expect(decision(NaN)).toMatchObject({ pass: false, errorTs: Infinity });
  });
});
