import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { monthLengths } from './months.js';

/** Twenty-five follow-ups, in days: a mean month of 30.4375 and one of 30.44 part after 400 days, at two decimals. */
const DAYS = Array.from({ length: 25 }, (_, i) => 41 + 173 * i);

const by = (month: number, digits?: number) =>
  DAYS.map((days) =>
    digits === undefined ? String(days / month) : String(Number((days / month).toFixed(digits))),
  );

describe('the length of a month', () => {
  it.each([30, 30.4375, 30.44, 365 / 12])('is told at full precision: %d days', (month) => {
    expect(monthLengths(by(month))).toEqual({ fit: [month], mixed: [] });
  });

  it.each([30, 30.44])('is told at two decimals, trailing zeros left out: %d days', (month) => {
    expect(monthLengths(by(month, 2)).fit).toEqual([month]);
  });

  it('is open where follow-up is too short to part two of them', () => {
    const short = Array.from({ length: 25 }, (_, i) => ((i + 1) / 30.44).toFixed(2));
    expect(monthLengths(short).fit).toEqual(expect.arrayContaining([30.4375, 30.44]));
  });

  it('is none for whole months, for one decimal, and for times that were never days', () => {
    const whole = DAYS.map((days) => String(Math.round(days / 30)));
    const drawn = DAYS.map((days) => String(Math.sqrt(days)));
    for (const texts of [whole, by(30, 1), drawn, by(30).slice(0, 19)]) {
      expect(monthLengths(texts)).toEqual({ fit: [], mixed: [] });
    }
  });

  it('is two where a table was put together from two', () => {
    const mixed = by(30).map((text, i) => (i % 3 === 0 ? by(30.44)[i]! : text));
    expect(monthLengths(mixed)).toEqual({ fit: [], mixed: [30, 30.44] });
  });

  it('does not depend on the order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(by(30.44, 2), { minLength: 25 }), (texts) => {
        expect(monthLengths(texts).fit).toEqual([30.44]);
      }),
    );
  });
});
