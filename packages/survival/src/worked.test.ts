import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  brierScore,
  concordance,
  concordanceDeviation,
  correctedTTest,
  criticalDifference,
  cumulativeAuc,
  dCalibration,
  holm,
  integratedBrierScore,
  kaplanMeier,
  logRank,
  resolution,
  restrictedMean,
  riskOfLogits,
  SurvivalError,
  unoConcordance,
} from './index.js';
import { coverStudy, draws, simulateStudy, simulateCohort } from './simulatedStudy.testing.js';

const flags = (text: string) => [...text].map((flag) => flag === '1');
const cohort = (events: string, times: number[]) => ({ times, events: flags(events) });

// Two cohorts worked through with scikit-survival 0.28.0.
const A = cohort('1101011010', [2, 3, 3, 5, 6, 6, 8, 9, 11, 12]);
const RISKS = [2, 1.5, 1.5, 0.3, 2.2, 1, 0.3, 0.1, 0.9, -1];
const B = cohort('101010', [1, 4, 5, 7, 10, 13]);

describe('concordance', () => {
  it.each([
    ['in order', '1101', [1, 2, 3, 4], [4, 3, 2, 1], 1, 1],
    ['all tied', '1101', [1, 2, 3, 4], [1, 1, 1, 1], 0.5, 0.5],
    ['an event before a censoring of the same time', '10', [5, 5], [2, 1], 1, 1],
    ['two events of one time are no pair', '110', [5, 5, 9], [3, 1, 2], 0.5, 0.5],
    ['nearly tied risks', '110', [1, 2, 3], [3, 2 + 1e-9, 2], 2.5 / 3, 1],
  ])('%s', (_name, events, times, risks, sksurv, lifelines) => {
    expect(concordance(cohort(events, times), risks).c).toBeCloseTo(sksurv, 14);
    expect(concordance(cohort(events, times), risks, 'lifelines').c).toBeCloseTo(lifelines, 14);
  });

  it.each([
    ['two events at one time', '11', [5, 5], [2, 1], /no pair of cases is comparable/],
    ['an infinite risk', '110', [1, 2, 3], [Infinity, 2, 1], /risk of case 0 is Infinity/],
    ['NaN', '110', [1, 2, 3], [1, NaN, 1], /risk of case 1 is NaN/],
    ['an event only at the end', '001', [1, 2, 3], [1, 2, 3], /no pair of cases is comparable/],
    ['all censored', '000', [1, 2, 3], [1, 2, 3], /all 3 cases are censored/],
    ['one case', '1', [1], [1], /one case makes no pair/],
    ['no case', '', [], [], /there are no cases/],
    ['other counts', '11', [1, 2], [1], /1 risks for 2 cases/],
    ['a time that is NaN', '11', [1, NaN], [1, 2], /time of case 1 is NaN/],
  ])('%s is an error', (_name, events, times, risks, words) => {
    expect(() => concordance(cohort(events, times), risks)).toThrow(words);
  });

  it('the worked cohort', () => {
    expect(concordance(A, RISKS)).toEqual({
      c: 0.75,
      concordant: 23,
      discordant: 7,
      tiedRisk: 2,
      tiedTime: 2,
    });
    expect(unoConcordance(A, A, RISKS, 6)).toBeCloseTo(0.724008975317876, 13);
    expect(unoConcordance(A, A, RISKS, 9)).toBeCloseTo(0.7337388862891905, 13);
    expect(unoConcordance(A, A, RISKS)).toBeCloseTo(0.7591024555461474, 13);
    expect(unoConcordance(B, A, RISKS)).toBeCloseTo(0.7295984455958548, 13);
  });

  it('does not change with a monotone map of risks, and turns over with their sign', () => {
    const one = fc.record({
      time: fc.integer({ min: 1, max: 30 }),
      event: fc.boolean(),
      risk: fc.integer({ min: -9, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(one, { minLength: 3, maxLength: 40 }), (cases) => {
        const followUp = { times: cases.map(({ time }) => time), events: cases.map(({ event }) => event) };
        const risks = cases.map(({ risk }) => risk);
        const value = (mapped: number[]) => {
          try {
            return concordance(followUp, mapped).c;
          } catch (error) {
            expect(error).toBeInstanceOf(SurvivalError);
            return undefined;
          }
        };
        const c = value(risks);
        expect(value(risks.map((risk) => risk ** 3 + 5))).toBe(c);
        if (c !== undefined) expect(value(risks.map((risk) => -risk))).toBeCloseTo(1 - c, 12);
      }),
    );
  });
});

describe('calibration', () => {
  const curves = RISKS.map((risk) =>
    [0.85, 0.6, 0.35].map((base) => Math.min(1, Math.max(0, base - 0.05 * risk))),
  );

  it('Brier score and AUC of the worked cohort', () => {
    const close = (found: readonly number[], expected: number[]) =>
      found.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 7));
    close(brierScore(B, A, curves, [3, 6, 9]), [0.1397225, 0.21525, 0.2182]);
    close(
      brierScore(A, A, curves, [3, 6, 9]),
      [0.15164714285714284, 0.23265071428571424, 0.2372560714285714],
    );
    expect(integratedBrierScore(B, A, curves, [3, 6, 9])).toBeCloseTo(0.19710562499999998, 13);
    expect(integratedBrierScore(A, A, curves, [3, 6, 9])).toBeCloseTo(0.2135511607142857, 13);
    const own = cumulativeAuc(A, A, RISKS, [3, 6, 9]);
    close(own.auc, [0.85714286, 0.90909091, 0.79069767]);
    expect(own.mean).toBeCloseTo(0.8613107822410148, 13);
    expect(cumulativeAuc(B, A, RISKS, [3, 6, 9]).mean).toBeCloseTo(0.8470588235294118, 13);
  });

  it.each([
    [
      'an estimate above 1',
      () =>
        brierScore(
          B,
          A,
          RISKS.map(() => [1.2]),
          [3],
        ),
      /is 1.2; expected a probability/,
    ],
    [
      'a time after the last',
      () =>
        brierScore(
          B,
          A,
          RISKS.map(() => [0.5]),
          [12],
        ),
      /leave the follow-up \[2, 12\)/,
    ],
    ['times that fall', () => cumulativeAuc(B, A, RISKS, [6, 3]), /times do not rise/],
    [
      'one time for an integral',
      () =>
        integratedBrierScore(
          B,
          A,
          RISKS.map(() => [0.5]),
          [3],
        ),
      /two times or more/,
    ],
  ])('%s is an error', (_name, compute, words) => {
    expect(compute).toThrow(words);
  });

  it('D-calibration of the worked cases', () => {
    const { statistic, p } = dCalibration([0.95, 0.5, 0.1, 0, 1, 0.3, 0.7], flags('1011001'));
    expect(statistic).toBeCloseTo(4.952380952380953, 12);
    expect(p).toBeCloseTo(0.8384394088, 10);
  });

  it('D-calibration spreads every case once', () => {
    const one = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean());
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 60 }), (cases) => {
        const { bins } = dCalibration(
          cases.map(([p]) => p),
          cases.map(([, event]) => event),
        );
        expect(bins.reduce((sum, count) => sum + count, 0)).toBeCloseTo(cases.length, 9);
      }),
    );
  });
});

describe('curves', () => {
  const FIVE = cohort('10110', [1, 2, 3, 4, 5]);

  it('Kaplan–Meier with its band and median', () => {
    const { survival, lower, upper, median, atRisk } = kaplanMeier(FIVE);
    const close = (found: Float64Array, expected: number[]) =>
      found.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6));
    close(survival, [0.8, 0.8, 0.533333, 0.266667, 0.266667]);
    close(lower, [0.20380926, 0.20380926, 0.06833209, 0.009677, 0.009677]);
    close(upper, [0.96917979, 0.96917979, 0.86307118, 0.68613628, 0.68613628]);
    expect([median, ...atRisk]).toEqual([4, 5, 4, 3, 2, 1]);
  });

  it('the ends: all censored, survival of 0, survival of exactly one half', () => {
    const censored = kaplanMeier(cohort('000', [1, 2, 3]));
    expect([...censored.survival, ...censored.lower, ...censored.upper]).toEqual(new Array(9).fill(1));
    expect(censored.median).toBe(Infinity);
    const gone = kaplanMeier(cohort('11', [1, 2]));
    expect([gone.survival[1], gone.lower[1], gone.upper[1]]).toEqual([0, 0, 0]);
    expect(kaplanMeier(cohort('1100', [1, 2, 3, 4])).median).toBe(2);
  });

  it('restricted mean, and no guess beyond the last time', () => {
    expect(restrictedMean(FIVE, 3.5)).toBeCloseTo(2.8666667, 6);
    expect(restrictedMean(FIVE, 4)).toBeCloseTo(3.1333333, 6);
    expect(restrictedMean(FIVE, 5)).toBeCloseTo(3.4, 12);
    expect(() => restrictedMean(FIVE, 10)).toThrow(/beyond the last time 5/);
  });

  it('log-rank test, and what it cannot compare', () => {
    const { statistic, p } = logRank(cohort('101101', [1, 2, 3, 4, 5, 6]), [0, 0, 0, 1, 1, 1]);
    expect(statistic).toBeCloseTo(3.5714285714, 9);
    expect(p).toBeCloseTo(0.0587817214, 9);
    expect(() => logRank(cohort('111', [1, 2, 3]), ['a', 'a', 'a'])).toThrow(/there is one group/);
    expect(() => logRank(cohort('000', [1, 2, 3]), ['a', 'b', 'a'])).toThrow(/all cases are censored/);
    expect(() => logRank(cohort('011', [1, 2, 3]), ['a', 'b', 'b'])).toThrow(/never at risk together/);
  });

  it('risk of hazard logits', () => {
    const { risk, survival } = riskOfLogits([0, 0]);
    expect([risk, ...survival]).toEqual([-0.75, 0.5, 0.25]);
  });
});

describe('what a difference is worth', () => {
  /** A cohort, and the risks that its times follow. */
  function simulate(cases: number, seed: number) {
    const one = simulateCohort(cases, [1], draws(seed + 1));
    return { ...one, risks: one.features.map(([x]) => x!) };
  }

  it('the jackknife finds the spread that simulated studies have', () => {
    const studies = Array.from({ length: 200 }, (_, i) => simulate(166, i));
    const values = studies.map((one) => concordance(one, one.risks).c);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const spread = Math.sqrt(
      values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1),
    );
    const estimated = studies.map((one) => concordanceDeviation(one, one.risks));
    const typical = estimated.reduce((sum, value) => sum + value, 0) / estimated.length;
    expect(typical / spread).toBeGreaterThan(0.85);
    expect(typical / spread).toBeLessThan(1.2);
  });

  it('the same model twice differs by nothing; noise is called noise', () => {
    const one = simulate(80, 3);
    expect(resolution(one, one.risks, one.risks)).toMatchObject({ difference: 0, smallest: 0 });
    const jittered = one.risks.map((risk, i) => risk + 0.3 * Math.sin(i * 12.9898));
    const { verdict, smallest } = resolution(one, one.risks, jittered);
    expect(smallest).toBeGreaterThan(0);
    expect(verdict).toMatch(/noise/);
    const opposite = resolution(
      one,
      one.risks,
      one.risks.map((risk) => -risk),
    );
    expect(opposite.verdict).toMatch(/^above noise/);
  });

  // The full counts are in bench/statistics.mjs and docs/survival.md.
  it.each(['percentile', 'bca'] as const)(
    'of simulated studies, %s intervals of 95 in 100 cover the truth',
    (method) => {
      // The truth, from a study so large that its own error does not matter.
      const large = simulate(50_000, 998);
      const truth = concordance(large, large.risks).c;
      const covered = Array.from({ length: 400 }, (_, i) => {
        const { lower, upper } = coverStudy(80, 500 + i, 150, method);
        return lower <= truth && truth <= upper;
      }).filter(Boolean).length;
      // Binomial: 400 studies at 95 % give 367 to 391 in 999 of 1,000 such tests.
      expect(covered).toBeGreaterThanOrEqual(367);
      expect(covered).toBeLessThanOrEqual(391);
    },
  );

  it('a study without an effect reports none, as often as it should', () => {
    const studies = Array.from({ length: 40 }, (_, i) => simulateStudy(i, { cases: 80, seeds: 2, folds: 3 }));
    const reported = studies.filter(({ corrected }) => corrected.some((p) => p < 0.05)).length;
    // Binomial: 40 studies at 5 % give at most 6 in 99 of 100 such tests.
    expect(reported).toBeLessThanOrEqual(6);
    // And sees one that is there: methods that keep all and a tenth of the features.
    const { corrected, pairs } = simulateStudy(1, { cases: 300, seeds: 5, keep: [1, 0.1] });
    expect(Math.min(...corrected)).toBeLessThan(0.05);
    expect(pairs.filter(({ difference }) => difference > 0).length).toBeGreaterThan(9);
  });

  it('Holm, the corrected t-test and critical differences, worked by hand', () => {
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
    const { t, p, degrees } = correctedTTest([0.02, 0.01, 0.03, 0.02, 0.02], 1 / 4);
    // mean 0.02, variance 5e-5, error √((1/5 + 1/4) · 5e-5)
    expect(t).toBeCloseTo(0.02 / Math.sqrt(0.45 * 5e-5), 10);
    expect(degrees).toBe(4);
    expect(p).toBeGreaterThan(0.005);
    expect(p).toBeLessThan(0.05);
    // Demšar 2006: four classifiers on fourteen data sets, q 2.569 at 0.05, so CD = 1.25.
    const scores = Array.from({ length: 14 }, (_, i) => [1, 2, 3, 4].map((k) => (k * (i + 1)) % 5));
    expect(criticalDifference(scores).difference).toBeCloseTo(1.25, 2);
  });

  // Demšar 2006, table 5a: q at 0.05 for 2 to 10 classifiers.
  it.each([1.96, 2.343, 2.569, 2.728, 2.85, 2.949, 3.031, 3.102, 3.164].map((q, i) => [i + 2, q]))(
    "Demšar's q for %d methods is %d",
    (methods, q) => {
      const rows = Array.from({ length: 6 }, () => Array.from({ length: methods }, (_, k) => k));
      const { difference } = criticalDifference(rows);
      expect(difference / Math.sqrt((methods * (methods + 1)) / 36)).toBeCloseTo(q, 2);
    },
  );

  it.each([
    ['one difference', () => correctedTTest([1], 0.25), /needs two or more/],
    ['differences without spread', () => correctedTTest([1, 1], 0.25), /no spread/],
    ['a p of 2', () => holm([2]), /p-value 0 is 2/],
    ['ranks of one data set', () => criticalDifference([[1, 2]]), /needs two of each/],
  ])('%s is an error', (_name, compute, words) => {
    expect(compute).toThrow(words);
  });
});
