import { logRank } from '@concord/survival';
import { describe, expect, it } from 'vitest';
import type { Method } from './method.js';
import type { Cell } from './readCell.js';
import { riskGroups, type RiskGroups } from './riskGroups.js';

const PAIR = { source: 'a', target: 'b', role: 'cross-domain' } as const;
const times = [1, 2, 3, 4, 5, 6];
const events = [true, true, false, true, true, false];

function method(...runs: number[][]): Method {
  const cells = runs.map((risks) => ({
    source: 'a',
    judged: [{ cohort: 'b', role: 'cross-domain', caseIds: [...'uvwxyz'], times, events, risks }],
  }));
  return {
    name: 'mcat',
    backbone: 'mcat',
    module: 'plain',
    stack: 'ts',
    deep: true,
    cells: cells as unknown as Cell[],
  };
}

describe('riskGroups', () => {
  it('splits at the median of mean ranks, whatever scale a run has', () => {
    // Ranks 6 5 4 3 2 1 and 1 2 6 5 4 3: means 3.5 3.5 5 4 3 2, of which the upper half is u or v, w and x.
    const found = riskGroups(method([6, 5, 4, 3, 2, 1], [-900, -800, 70, 60, 50, 0.5]), PAIR) as RiskGroups;
    // u and v tie at the median and are on the lower side, with y and z.
    expect(found.high.times).toEqual([4, 3]);
    expect([...Array.from(found.low.times)].sort()).toEqual([1, 2, 5, 6]);
  });

  it('its log-rank test is that of the two halves', () => {
    const found = riskGroups(method([6, 5, 4, 3, 2, 1]), PAIR) as RiskGroups;
    const { p } = logRank({ times, events }, ['h', 'h', 'h', 'l', 'l', 'l']);
    expect('p' in found.test && found.test.p).toBeCloseTo(p, 12);
  });

  it('says why there are no groups', () => {
    expect(riskGroups(method([1, 1, 1, 1, 1, 1]), PAIR)).toEqual({ reason: 'all cases have the same risk' });
    expect(riskGroups(method(), PAIR)).toEqual({ reason: 'fewer than two cases were judged' });
  });
});
