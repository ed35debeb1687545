import { describe, expect, it } from 'vitest';
import { rankMethods } from './ranking.js';
import type { Ranking } from './studyReport.js';

/** Demšar 2006, table 6: AUC of C4.5, with m, with cf, with both, on fourteen data sets. */
const DEMSAR = [
  [0.763, 0.768, 0.771, 0.798],
  [0.599, 0.591, 0.59, 0.569],
  [0.954, 0.971, 0.968, 0.967],
  [0.628, 0.661, 0.654, 0.657],
  [0.882, 0.888, 0.886, 0.898],
  [0.936, 0.931, 0.916, 0.931],
  [0.661, 0.668, 0.609, 0.685],
  [0.583, 0.583, 0.563, 0.625],
  [0.775, 0.838, 0.866, 0.875],
  [1, 1, 1, 1],
  [0.94, 0.962, 0.965, 0.962],
  [0.619, 0.666, 0.614, 0.669],
  // Printed as 0.975 and 0.975, but ranked 2 and 3 there: the ranks were taken before rounding.
  [0.972, 0.981, 0.9751, 0.975],
  [0.957, 0.978, 0.946, 0.97],
];

describe('rankMethods', () => {
  it('as Demšar has it', () => {
    const { ranks, friedman, criticalDifference, groups } = rankMethods(
      ['C4.5', '+m', '+cf', '+m+cf'],
      DEMSAR,
    ) as Ranking;
    expect(ranks.map(({ method, meanRank }) => [method, Number(meanRank.toFixed(3))])).toEqual([
      ['+m+cf', 1.964],
      ['+m', 2],
      ['+cf', 2.893],
      ['C4.5', 3.143],
    ]);
    expect(friedman.statistic).toBeCloseTo(9.28, 2);
    expect(criticalDifference).toBeCloseTo(1.25, 2);
    // 3.143 − 1.964 < 1.25: by Nemenyi's test nothing can be told apart.
    expect(groups).toEqual([['+m+cf', '+m', '+cf', 'C4.5']]);
  });

  it('bars overlap where neighbours can be told apart only two by two, and none stands within another', () => {
    // Mean ranks 1.4, 2, 2.6 and 4; the critical difference of four methods over forty pairs is 0.74.
    const rows = (count: number, row: number[]) => new Array<number[]>(count).fill(row);
    const scores = [...rows(8, [4, 3, 2, 0]), ...rows(16, [3, 4, 2, 0]), ...rows(16, [4, 2, 3, 0])];
    const { groups, ranks } = rankMethods(['p', 'q', 'r', 's'], scores) as Ranking;
    expect(ranks.map(({ method }) => method)).toEqual(['p', 'q', 'r', 's']);
    expect(groups).toEqual([
      ['p', 'q'],
      ['q', 'r'],
    ]);
  });

  it('leaves out pairs that a method lacks, and says so where too few are left', () => {
    const scores = [
      [0.5, 0.6],
      [0.5, undefined],
    ];
    expect(rankMethods(['p', 'q'], scores)).toEqual({
      reason: '1 source → target pairs have a C-index of every method; needs two',
    });
    expect(rankMethods(['p'], [[0.5], [0.6]])).toEqual({ reason: 'one method has no rank among others' });
  });
});
