import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concordance } from './concordance.js';
import { pairScores, pairTable, tableConcordance, weighTable, withoutEach } from './pairTable.js';
import { SurvivalError } from './survivalError.js';

const one = fc.record({
  time: fc.integer({ min: 1, max: 12 }),
  event: fc.boolean(),
  risk: fc.integer({ min: -3, max: 3 }),
  other: fc.integer({ min: -3, max: 3 }),
});
const cohorts = fc.array(one, { minLength: 3, maxLength: 25 }).map((cases) => ({
  times: cases.map(({ time }) => time),
  events: cases.map(({ event }) => event),
  risks: cases.map(({ risk }) => risk),
  others: cases.map(({ other }) => other),
}));
type Cases = typeof cohorts extends fc.Arbitrary<infer T> ? T : never;

/** C of these positions by `concordance`, which knows no table; undefined where there is none. */
function plain({ times, events, risks }: Cases, positions: readonly number[]): number | undefined {
  const pick = <T>(values: readonly T[]) => positions.map((at) => values[at]!);
  try {
    return concordance({ times: pick(times), events: pick(events) }, pick(risks)).c;
  } catch (error) {
    expect(error).toBeInstanceOf(SurvivalError);
    return undefined;
  }
}

describe('the table of pairs', () => {
  it('by hand: three cases, one of them censored', () => {
    // 5 is comparable to 7 and 9, 7 (censored) to nothing, 9 to nothing later.
    const table = pairTable({ times: [9, 5, 7], events: [true, true, false] });
    expect([table.pairs, [...table.order], [...table.later]]).toEqual([2, [1, 2, 0], [1]]);
    const scores = pairScores(table, [
      [3, 2, 1],
      [1, 2, 2],
    ]);
    expect([...scores]).toEqual([0.75, 0.5]);
    expect(tableConcordance(table, scores)).toBe(0.625);
    expect(weighTable(table, [1, 1, 3])(scores)).toBe((3 * 0.75 + 0.5) / 4);
    expect(weighTable(table, [1, 0, 3])(scores)).toBeNaN();
    expect(() => withoutEach(table, scores)).toThrow(/all comparable pairs hang on case 1/);
  });

  it('a resample of weights is a resample of cases', () => {
    fc.assert(
      fc.property(cohorts, fc.array(fc.nat(24), { minLength: 25, maxLength: 25 }), (cases, picks) => {
        const n = cases.times.length;
        const everyone = Array.from({ length: n }, (_, i) => i);
        const expected = plain(cases, everyone);
        if (expected === undefined) return void expect(() => pairTable(cases)).toThrow(SurvivalError);
        const table = pairTable(cases);
        const scores = pairScores(table, [cases.risks]);
        expect(tableConcordance(table, scores)).toBeCloseTo(expected, 12);
        const positions = picks.slice(0, n).map((pick) => pick % n);
        const weights = everyone.map((i) => positions.filter((at) => at === i).length);
        const resampled = weighTable(table, weights)(scores);
        const again = plain(cases, positions);
        if (again === undefined) expect(resampled).toBeNaN();
        else expect(resampled).toBeCloseTo(again, 12);
      }),
    );
  });

  it('without each case is C of the others; the mean of scores is the mean of C', () => {
    fc.assert(
      fc.property(cohorts, (cases) => {
        const everyone = cases.times.map((_, i) => i);
        const left = everyone.map((out) =>
          plain(
            cases,
            everyone.filter((i) => i !== out),
          ),
        );
        const all = plain(cases, everyone);
        if (all === undefined) return;
        const table = pairTable(cases);
        const scores = pairScores(table, [cases.risks]);
        if (left.includes(undefined)) return void expect(() => withoutEach(table, scores)).toThrow(/hang on/);
        withoutEach(table, scores).forEach((value, i) => expect(value).toBeCloseTo(left[i]!, 12));
        const second = plain({ ...cases, risks: cases.others }, everyone)!;
        const both = pairScores(table, [cases.risks, cases.others]);
        expect(tableConcordance(table, both)).toBeCloseTo((all + second) / 2, 12);
      }),
    );
  });

  it.each([
    ['no run', [], /there are no risks/],
    ['a risk that is NaN', [[1, NaN, 2]], /risk of case 1 is NaN/],
    ['another number of risks', [[1, 2]], /2 risks for 3 cases/],
  ])('%s is an error', (_name, runs, words) => {
    const table = pairTable({ times: [1, 2, 3], events: [true, true, true] });
    expect(() => pairScores(table, runs)).toThrow(words);
  });
});
