import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { correctedTTest, criticalDifference } from './comparison.js';
import { pairedDifference, type DifferenceParts } from './pairedDifference.js';

interface Reference {
  readonly maker: string;
  readonly scipy: string;
  readonly corrected: readonly {
    readonly differences: number[];
    readonly testShare: number;
    readonly t: number;
    readonly p: number;
    readonly interval: [number, number];
  }[];
  readonly paired: readonly {
    readonly parts: DifferenceParts;
    readonly trainingDeviation: number;
    readonly p: number;
  }[];
  readonly friedman: readonly {
    readonly scores: number[][];
    readonly meanRanks: number[];
    readonly statistic: number;
    readonly p: number;
    readonly difference: number;
  }[];
}

const reference = JSON.parse(
  readFileSync(new URL('../reference/comparison.json', import.meta.url), 'utf8'),
) as Reference;

describe(`comparisons, as scipy ${reference.scipy} has them`, () => {
  it.each(reference.corrected)('corrected t-test: t $t', (one) => {
    const { t, p, lower, upper } = correctedTTest(one.differences, one.testShare);
    expect(t).toBeCloseTo(one.t, 12);
    expect(p).toBeCloseTo(one.p, 12);
    expect(lower).toBeCloseTo(one.interval[0], 10);
    expect(upper).toBeCloseTo(one.interval[1], 10);
  });

  it.each(reference.paired)('cases and training together: p $p', ({ parts, trainingDeviation, p }) => {
    const found = pairedDifference(parts);
    expect(found.trainingDeviation).toBeCloseTo(trainingDeviation, 12);
    expect(found.p).toBeCloseTo(p, 10);
    expect(found.belowNoise).toBe(p > 0.05);
    expect(found.lower > 0 || found.upper < 0).toBe(p < 0.05);
  });

  it.each(reference.friedman)('Friedman $statistic and the critical difference', (one) => {
    const { meanRanks, friedman, difference } = criticalDifference(one.scores);
    meanRanks.forEach((rank, i) => expect(rank).toBeCloseTo(one.meanRanks[i]!, 12));
    expect(friedman.statistic).toBeCloseTo(one.statistic, 10);
    expect(friedman.p).toBeCloseTo(one.p, 12);
    expect(difference).toBeCloseTo(one.difference, 3);
  });
});

describe('a paired difference', () => {
  const parts = {
    difference: 0.02,
    caseDeviation: 0.01,
    cases: 101,
    events: 40,
    trainings: [{ share: 1, runs: [0.01, 0.03] }],
    testShare: 0.25,
  };

  it('by hand: variances of cases and runs add', () => {
    // Runs: variance 2e-4, raised to (1/2 + 1/4) · 2e-4 = 1.5e-4; cases 1e-4; together 2.5e-4.
    const { deviation, trainingDeviation, degrees } = pairedDifference(parts);
    expect(deviation).toBeCloseTo(Math.sqrt(2.5e-4), 12);
    expect(trainingDeviation).toBeCloseTo(Math.sqrt(1.5e-4), 12);
    expect(degrees).toBeCloseTo(2.5e-4 ** 2 / (1e-8 / 100 + 1.5e-4 ** 2 / 1), 9);
  });

  it('by hand: sources are trained apart, and one with a single run borrows the variance of the others', () => {
    const trainings = [
      { share: 0.5, runs: [0.01, 0.03] },
      { share: 0.25, runs: [0.01, 0.02, 0.03] },
      { share: 0.25, runs: [0.05] },
    ];
    const found = pairedDifference({ ...parts, caseDeviation: 0, trainings });
    // Variances 2e-4 and 1e-4, pooled (2e-4 + 2e-4) / 3.
    const own = [0.25 * 0.75 * 2e-4, 0.0625 * (1 / 3 + 0.25) * 1e-4, 0.0625 * 1.25 * (4e-4 / 3)];
    const variance = own[0]! + own[1]! + own[2]!;
    expect(found.trainingDeviation).toBeCloseTo(Math.sqrt(variance), 12);
    expect(found.degrees).toBeCloseTo(
      variance ** 2 / (own[0]! ** 2 + own[1]! ** 2 / 2 + own[2]! ** 2 / 3),
      9,
    );
  });

  it('of one run knows nothing of training, and says so by leaving it out', () => {
    const found = pairedDifference({ ...parts, trainings: [{ share: 1, runs: [0.02] }] });
    expect(found).not.toHaveProperty('trainingDeviation');
    expect([found.deviation, found.degrees]).toEqual([0.01, 100]);
  });

  it('of one model with itself is nothing, below noise, p 1', () => {
    const same = pairedDifference({
      ...parts,
      difference: 0,
      caseDeviation: 0,
      trainings: [{ share: 1, runs: [0, 0] }],
    });
    expect(same).toMatchObject({ difference: 0, p: 1, smallest: 0, belowNoise: true });
    expect(same.verdict).toMatch(/^below noise/);
  });

  it.each([
    ['NaN', { difference: NaN }, /not a finite number/],
    [
      'no spread with a difference',
      { caseDeviation: 0, trainings: [{ share: 1, runs: [0.02, 0.02] }] },
      /no spread, over cases or over runs/,
    ],
  ])('%s is an error', (_name, change, words) => {
    expect(() => pairedDifference({ ...parts, ...change })).toThrow(words);
  });
});
