import * as tf from '@tensorflow/tfjs-core';
import { expectNoLeak } from '@concord/testing';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { initBackend } from './backend.js';
import { drawValues, type Draw } from './draws.js';
import { drawTape } from './tape.js';

const keep: Draw = { name: 'a.dropout', kind: 'keep', shape: [50, 200], p: 0.25 };

beforeAll(() => initBackend());

describe('draws', () => {
  it('repeat for the same seed, step and name, and for no other', () => {
    const values = (seed: number, step: number, name: string) =>
      [...drawValues({ name, kind: 'uniform', shape: [8] }, seed, step).data].join();
    expect(values(7, 3, 'u')).toBe(values(7, 3, 'u'));
    expect(new Set([values(7, 3, 'u'), values(8, 3, 'u'), values(7, 4, 'u'), values(7, 3, 'v')]).size).toBe(
      4,
    );
  });

  it('do not move when another draw joins the tape', () => {
    const alone = drawTape([keep], 7, 0).values(keep.name);
    const joined = drawTape([{ name: 'b', kind: 'normal', shape: [3] }, keep], 7, 0).values(keep.name);
    expect(joined).toEqual(alone);
  });

  it('have the laws they name', () => {
    const mean = (draw: Draw) => {
      const { data } = drawValues(draw, 7, 0);
      return (data as Float32Array).reduce((sum, value) => sum + value, 0) / data.length;
    };
    expect(mean(keep)).toBeCloseTo(0.75, 1);
    expect(mean({ name: 'u', kind: 'uniform', shape: [10000] })).toBeCloseTo(0.5, 1);
    // The normal law's share below each of these is 0.0228, 0.1587, 0.5, 0.8413 and 0.9772.
    const normal = drawValues({ name: 'n', kind: 'normal', shape: [99_999] }, 7, 0).data;
    const below = [-2, -1, 0, 1, 2].map((limit) => [...normal].filter((value) => value < limit).length);
    [0.0228, 0.1587, 0.5, 0.8413, 0.9772].forEach((share, i) =>
      expect(below[i]! / normal.length).toBeCloseTo(share, 2),
    );
    // Beta(0.1, 0.1): symmetric, and about a third of its mass below 0.01.
    const beta = drawValues({ name: 'b', kind: 'beta', shape: [10000], alpha: 0.1 }, 7, 0).data;
    expect([...beta].filter((value) => value < 0.01).length / 10000).toBeCloseTo(0.32, 1);
  });

  it('give permutations that hold every index once', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.integer(), (n, seed) => {
        const { data } = drawValues({ name: 'p', kind: 'permutation', shape: [n] }, seed, 0);
        return [...data].sort((a, b) => a - b).every((value, i) => value === i);
      }),
    );
  });
});

describe('a tape', () => {
  it('owns its tensors', () => {
    expectNoLeak(() => {
      const tape = drawTape([keep], 7, 0);
      tf.tidy(() => tape.read(keep.name));
      expect(tape.read(keep.name).shape).toEqual([50, 200]);
      tape.dispose();
    });
  });

  it('names the draw that is missing, the step and what is there', () => {
    expect(() => drawTape([keep], 7, 3).read('b')).toThrow('step 3: no draw named b; on the tape: a.dropout');
  });

  it('names both shapes when a reader expects another', () => {
    expect(() => drawTape([keep], 7, 0).read(keep.name, [2])).toThrow('[50, 200], its reader needs [2]');
  });

  it('refuses one name in two shapes', () => {
    expect(() => drawTape([keep, { ...keep, shape: [2] }], 7, 0)).toThrow('two shapes');
  });
});
