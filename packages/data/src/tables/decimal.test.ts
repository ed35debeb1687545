import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDecimal } from './decimal.js';

const parse = (text: string, before = '') => {
  const bytes = Buffer.from(`${before}${text},9`, 'latin1');
  return parseDecimal(bytes, before.length, before.length + text.length);
};
const expected = (text: string) => (text.trim() === '' ? NaN : Number(text));

describe('parseDecimal', () => {
  it('is what Number makes of any decimal, bit for bit', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 18 });
    const parts = fc.tuple(
      fc.constantFrom('', '-', '+', ' '),
      digits,
      fc.constantFrom('', '.'),
      digits,
      fc.constantFrom('', 'e5', 'E-12', ' ', '.', '-', 'x'),
    );
    fc.assert(
      fc.property(parts, digits, (text, before) => {
        expect(parse(text.join(''), before)).toBe(expected(text.join('')));
      }),
      { numRuns: 5000 },
    );
  });

  it('is what Number makes of every float64 as it is printed', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (value) => {
        expect(parse(String(value))).toBe(Number(String(value)));
        expect(parse(value.toFixed(4))).toBe(Number(value.toFixed(4)));
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    '',
    '-',
    '.',
    '-.',
    '5.',
    '-.5',
    '-0',
    '0x10',
    '1e400',
    '000000000',
    '999999999',
    '9999999999',
    '.000000001',
  ])('on the edge: "%s"', (text) => expect(parse(text)).toBe(expected(text)));
});
