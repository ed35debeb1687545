import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromStateDict, StateDictError, toStateDict } from './stateDict.js';

const array = (shape: number[], ...numbers: number[]) => ({ shape, data: Float32Array.from(numbers) });

/** Two pathways of two genes and one, width 2; a stack of two biases; a weight that is not packed. */
const ragged = { 'net.*.weight': [2, 1] };
const packed = {
  'net.*.weight': array([3, 2], 1, 2, 3, 4, 5, 6),
  'net.*.bias': array([2, 2], 7, 8, 9, 10),
  'head.weight': array([1, 2], 11, 12),
};
const state = {
  'net.0.weight': array([2, 2], 1, 3, 2, 4),
  'net.1.weight': array([2, 1], 5, 6),
  'net.0.bias': array([2], 7, 8),
  'net.1.bias': array([2], 9, 10),
  'head.weight': array([1, 2], 11, 12),
};
const shapes = Object.fromEntries(Object.entries(packed).map(([name, { shape }]) => [name, shape]));

describe('a state dict', () => {
  it('takes packed weights apart, as worked by hand', () => {
    expect(toStateDict(packed, ragged)).toEqual(state);
  });

  it('is packed again, as worked by hand', () => {
    expect(fromStateDict(state, shapes, ragged)).toEqual(packed);
  });

  it('there and back changes nothing', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 4 }), (ns, width) => {
        const rows = ns.reduce((sum, n) => sum + n, 0);
        const weights = {
          'a.*.weight': {
            shape: [rows, width],
            data: Float32Array.from({ length: rows * width }, (_, i) => i),
          },
        };
        const back = fromStateDict(
          toStateDict(weights, { 'a.*.weight': ns }),
          { 'a.*.weight': [rows, width] },
          { 'a.*.weight': ns },
        );
        expect(back).toEqual(weights);
      }),
    );
  });

  it.each([
    ['is short of a weight', { 'net.1.bias': undefined }, /net\.1\.bias is missing/],
    [
      'has another shape',
      { 'head.weight': array([2, 1], 1, 2) },
      /head\.weight has shape \[2, 1\], the model's has \[1, 2\]/,
    ],
    ['has a weight too many', { 'net.2.bias': array([2], 1, 2) }, /net\.2\.bias is none of the model's/],
  ])('that %s is refused by name', (_what, change, words) => {
    const changed = Object.fromEntries(Object.entries({ ...state, ...change }).filter(([, value]) => value));
    expect(() => fromStateDict(changed as typeof state, shapes, ragged)).toThrow(StateDictError);
    expect(() => fromStateDict(changed as typeof state, shapes, ragged)).toThrow(words);
  });
});
