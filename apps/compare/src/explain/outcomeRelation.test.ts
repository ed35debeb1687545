import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { relateOutcomes } from './outcomeRelation.js';

const DAYS = {
  days: 1,
  'months of 30 days': 30,
  'months of 30.4375 days': 30.4375,
  'months of 30.44 days': 30.44,
};
const unit = fc.constantFrom(...(Object.keys(DAYS) as (keyof typeof DAYS)[]));
const follow = fc.uniqueArray(fc.integer({ min: 20, max: 5000 }), { minLength: 12, maxLength: 60 });

describe('relateOutcomes', () => {
  it('knows units by the times alone, also where they are rounded', () => {
    fc.assert(
      fc.property(follow, unit, unit, (days, inA, inB) => {
        const rounded = (name: keyof typeof DAYS) => days.map((day) => Number((day / DAYS[name]).toFixed(6)));
        const events = days.map((day) => day % 2 === 0);
        const found = relateOutcomes({ times: [rounded(inA), rounded(inB)], events: [events, events] });
        expect(found.units).toBe(inA === inB ? undefined : `${inA} in A, ${inB} in B`);
        expect(found.scale).toBeCloseTo(DAYS[inA] / DAYS[inB], 12);
        expect(found).toMatchObject({ times: 0, onlyA: 0, onlyB: 0 });
      }),
    );
  });

  it('counts what differs when unit and flag are the same', () => {
    const days = Array.from({ length: 20 }, (_, i) => 100 + 37 * i);
    const events = days.map((_, i) => i % 3 > 0);
    const months = days.map((day) => day / 30);
    const turned = events.map((event, i) => (i === 2 ? event : !event));
    // One time is another one's, and one event differs apart from the flag.
    months[4] = 500;
    expect(relateOutcomes({ times: [days, months], events: [events, turned] })).toMatchObject({
      ...{ units: 'days in A, months of 30 days in B', inverted: true, times: 1, onlyA: 1, onlyB: 0 },
    });
  });

  it('takes ties that rounding makes for a difference: they move a C-index', () => {
    const days = [...Array.from({ length: 20 }, (_, i) => 100 + 30 * i), 101];
    const months = days.map((day) => Math.round(day / 30));
    const events = days.map(() => true);
    expect(relateOutcomes({ times: [days, months], events: [events, events] }).times).toBeGreaterThan(0);
  });
});
