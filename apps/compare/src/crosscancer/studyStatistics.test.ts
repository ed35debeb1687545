import { concordance, resampleCounts } from '@concord/survival';
import { describe, expect, it } from 'vitest';
import { openEstimator } from './report/estimate.js';
import type { Cell } from './report/readCell.js';
import type { StudyFile } from './report/studySchema.js';
import { computed, type Difference } from './report/studyReport.js';
import { worthInWords } from './report/words.js';
import type { Study } from './studyFolder.js';
import { judgeStudy } from './studyStatistics.js';

const OUTCOMES = {
  a: { times: [1, 2, 3, 4], events: [true, true, true, true] },
  b: { times: [1, 2, 3, 4], events: [true, true, false, true] },
  c: { times: [2, 1, 5, 3, 4], events: [true, true, true, false, true] },
};
type Name = keyof typeof OUTCOMES;

/** A run that was trained on one cohort and judged on others. */
function run(
  [backbone, module, source]: [string, string, Name],
  [seed, fold]: [number, number],
  risks: Partial<Record<Name, number[]>>,
  stack: Cell['stack'] = 'ts',
): Cell {
  return {
    path: `${backbone}/${module}/${source}/${seed}/${fold}/${stack}`,
    ...{ stack, backbone, module, source, seed, fold },
    ...{ epochs: 1, steps: 1, seconds: 1, parameters: 10, finalLoss: 0.5, curve: [{ epoch: 1, loss: 0.5 }] },
    judged: Object.entries(risks).map(([cohort, own]) => {
      const { times, events } = OUTCOMES[cohort as Name];
      const caseIds = times.map((_, i) => `${cohort}${i}`);
      const cindex = concordance({ times, events }, own).c;
      return {
        cohort,
        role: cohort === source ? 'in-domain' : 'cross-domain',
        caseIds,
        times,
        events,
        risks: own,
        cindex,
      };
    }),
  };
}

function study(cells: Cell[], more: Partial<StudyFile> = {}): Study {
  const names = ['a', 'b', 'c'] as const;
  const file: StudyFile = {
    schema: 'concord.study/1',
    command: 'concord crosscancer',
    cohorts: names.map((name) => ({
      name,
      cases: OUTCOMES[name].times.length,
      events: OUTCOMES[name].events.filter(Boolean).length,
      synthetic: true,
      digests: {},
    })),
    sources: [...names],
    targets: [...names],
    backbones: [...new Set(cells.map(({ backbone }) => backbone))],
    modules: [...new Set(cells.map(({ module }) => module))],
    seeds: [1],
    folds: 2,
    epochs: 1,
    ...more,
  };
  return { folder: '', file, cells, broken: [], unfinished: [] };
}

const found = (row: { found: unknown } | undefined) => row!.found as Difference;

describe('judgeStudy', () => {
  // From b to a: plain orders a's six pairs all right, then one wrong; the variant all wrong, then all right.
  const cells = [
    run(['mcat', 'plain', 'b'], [1, 0], { a: [4, 3, 2, 1] }),
    run(['mcat', 'plain', 'b'], [1, 1], { a: [4, 3, 1, 2] }),
    run(['mcat', 'dsu', 'b'], [1, 0], { a: [1, 2, 3, 4] }),
    run(['mcat', 'dsu', 'b'], [1, 1], { a: [4, 3, 2, 1] }),
  ];

  it('by hand: means, the paired difference, the corrected t-test', () => {
    const report = judgeStudy(study(cells), { resamples: 200 });
    const [plain, variant] = ['mcat', 'mcat + dsu'].map((name) =>
      report.results.find(
        ({ method, source, target }) => method === name && source === 'b' && target === 'a',
      )!,
    );
    expect(plain).toMatchObject({ cells: 2, cases: 4, events: 4, cindex: { value: 11 / 12 } });
    expect(computed(variant!.cindex) && variant!.cindex.value).toBeCloseTo(0.5, 12);
    const row = report.differences.find(({ source, target }) => source === 'b' && target === 'a');
    const { difference, trainingDeviation, trainingP, caseDeviation, resolution, belowNoise } = found(row);
    expect(difference).toBeCloseTo(-5 / 12, 12);
    // Differences of the runs −1 and 1/6: variance 2 · (7/12)², raised by 1/2 + 1 for two folds.
    expect(trainingDeviation).toBeCloseTo(Math.sqrt(1.5 * 2 * (7 / 12) ** 2), 12);
    // Student's t with one degree of freedom is Cauchy's distribution.
    const t = 5 / 12 / Math.sqrt(1.5 * 2 * (7 / 12) ** 2);
    expect(trainingP).toBeCloseTo(1 - (2 * Math.atan(t)) / Math.PI, 10);
    expect(caseDeviation).toBeGreaterThan(0);
    expect([belowNoise, resolution > 1]).toEqual([true, true]);
  });

  it('is the same for risks on another scale and for cells in another order', () => {
    const scaled = cells.map((cell) => ({
      ...cell,
      judged: cell.judged.map((one) => ({ ...one, risks: one.risks.map((risk) => Math.exp(risk) - 7) })),
    }));
    const first = judgeStudy(study(cells), { resamples: 150 });
    expect(
      judgeStudy(study([...scaled].reverse(), { backbones: ['mcat'], modules: ['plain', 'dsu'] }), {
        resamples: 150,
      }),
    ).toEqual(first);
  });

  it('a variant that is its plain backbone differs by nothing and is below noise', () => {
    const copies = cells.slice(0, 2).map((cell) => ({ ...cell, module: 'dsu', path: `copy ${cell.path}` }));
    const report = judgeStudy(study([...cells.slice(0, 2), ...copies]), { resamples: 100 });
    for (const row of report.differences.filter((one) => computed(one.found))) {
      expect(found(row)).toMatchObject({ difference: 0, p: 1, pCorrected: 1, belowNoise: true });
    }
    expect(computed(report.ranking)).toBe(false);
  });

  it('the first line says whether a deep model beats ridge Cox, either way', () => {
    expect(judgeStudy(study(cells), { resamples: 100 }).headline).toMatch(/^Ridge Cox is not in this study/);
    const right = { a: [4, 3, 2, 1], c: [4, 5, 1, 3, 2] };
    const wrong = { a: [1, 2, 3, 4], c: [2, 1, 5, 3, 4] };
    const both = (ridge: typeof right, deep: typeof right) => [
      ...[0, 1].map((fold) => run(['ridge-cox', 'plain', 'b'], [1, fold], ridge, 'sksurv')),
      ...[1, 2].flatMap((seed) => [0, 1].map((fold) => run(['mcat', 'plain', 'b'], [seed, fold], deep))),
    ];
    const worse = judgeStudy(study(both(right, wrong), { seeds: [1, 2] }), { resamples: 100 });
    expect(worse.headline).toMatch(/^No deep model could be compared|^No deep model beats ridge Cox over 2/);
    // One run has one pair the other way, so that there is a spread to judge by.
    const nearly = both(wrong, right);
    nearly[2] = run(['mcat', 'plain', 'b'], [1, 0], { ...right, a: [4, 3, 1, 2] });
    const better = judgeStudy(study(nearly, { seeds: [1, 2] }), { resamples: 100 });
    expect(better.headline).toMatch(
      /^1 of 1 deep model beats ridge Cox over 2 source → target pairs: mcat has 0\.9/,
    );
    // Ridge Cox ran with one seed and is compared with both of the other's.
    expect(better.againstRidge[0]!.runs).toBe(4);
  });

  it('holds deep models against the stronger ridge Cox', () => {
    const right = { a: [4, 3, 2, 1], c: [4, 5, 1, 3, 2] };
    const wrong = { a: [1, 2, 3, 4], c: [2, 1, 5, 3, 4] };
    const ran = (genes: typeof right, both: typeof right) => {
      const runs = [
        run(['ridge-cox', 'plain', 'b'], [1, 0], genes, 'sksurv'),
        run(['ridge-cox-both', 'plain', 'b'], [1, 0], both, 'sksurv'),
        run(['mcat', 'plain', 'b'], [1, 0], wrong),
      ];
      return judgeStudy(study(runs), { resamples: 100 });
    };
    expect(ran(right, wrong).ridge).toBe('ridge Cox');
    expect(ran(wrong, right).ridge).toBe('ridge Cox, genes and slides');
    expect(ran(wrong, right).headline).toContain('with ridge Cox, genes and slides');
    expect(judgeStudy(study(cells), { resamples: 100 }).ridge).toBeNull();
  });

  it('both stacks: TypeScript speaks for the method, PyTorch is held beside it', () => {
    const torch = run(['mcat', 'plain', 'b'], [1, 0], { a: [4, 3, 1, 2] }, 'torch');
    const other = { ...torch, curve: [{ epoch: 1, loss: 0.75 }] };
    const report = judgeStudy(study([...cells, other]), { resamples: 100 });
    expect(report.methods.map(({ method, cells: count }) => [method, count])).toEqual([
      ['mcat', 2],
      ['mcat + dsu', 2],
    ]);
    expect(report.stacks).toEqual([
      { method: 'mcat', source: 'b', seed: 1, fold: 0, lossGap: 0.25, cindexGap: 1 - 5 / 6 },
    ]);
  });

  it('cohorts that trained together are in-domain both', () => {
    const risks = { a: [4, 3, 2, 1], b: [4, 3, 2, 1], c: [4, 5, 1, 3, 2] };
    const joined = run(['mcat', 'plain', 'a'], [1, 0], risks);
    const cell: Cell = {
      ...joined,
      source: 'a+b',
      judged: joined.judged.map((one) => ({
        ...one,
        role: one.cohort === 'c' ? 'cross-domain' : 'in-domain',
      })),
    };
    const more = { sources: ['a+b'], heldOut: [0] };
    const { results, cells: counts } = judgeStudy(study([cell], more), { resamples: 100 });
    expect(results.map(({ target, role, cells: count }) => [target, role, count])).toEqual([
      ['a', 'in-domain', 1],
      ['b', 'in-domain', 1],
      ['c', 'cross-domain', 1],
    ]);
    expect(counts.missing).toEqual([]);
  });

  it('an unfinished study compares the runs that both have', () => {
    const ridge = [run(['ridge-cox', 'plain', 'b'], [1, 0], { a: [4, 3, 1, 2] }, 'sksurv')];
    const { againstRidge, headline } = judgeStudy(study([...cells.slice(0, 2), ...ridge]), {
      resamples: 100,
    });
    // The second run of mcat, on fold 1, has no partner.
    expect(found(againstRidge[0]).first).toBe(1);
    expect(found(againstRidge[0]).second).toBeCloseTo(5 / 6, 12);
    expect(headline).toContain('mcat, has 1.000 against 0.833, a difference of 0.167');
    expect(headline).toMatch(/Each was trained once, which says nothing of how lucky that training was.$/);
    expect(worthInWords(againstRidge[0]!)).toMatch(/; of one training, not of the method\)$/);
  });

  it('over several sources, each brings its own runs and a share of the variance', () => {
    const more = [
      run(['mcat', 'plain', 'c'], [1, 0], { a: [4, 3, 2, 1] }),
      run(['mcat', 'plain', 'c'], [1, 1], { a: [4, 3, 2, 1] }),
      run(['mcat', 'dsu', 'c'], [1, 0], { a: [4, 3, 2, 1] }),
      run(['mcat', 'dsu', 'c'], [1, 1], { a: [4, 3, 1, 2] }),
    ];
    const { differences } = judgeStudy(study([...cells, ...more]), { resamples: 100 });
    const overall = differences.find(({ source }) => source === null)!;
    expect([overall.pairs, overall.runs]).toEqual([2, 4]);
    expect(found(overall).difference).toBeCloseTo((-5 / 12 - 1 / 12) / 2, 12);
    // From b the runs differ by −1 and 1/6, from c by 0 and −1/6; each source has half of the pairs.
    const variance = 0.25 * 1.5 * 2 * (7 / 12) ** 2 + 0.25 * 1.5 * 2 * (1 / 12) ** 2;
    expect(found(overall).trainingDeviation).toBeCloseTo(Math.sqrt(variance), 12);
  });

  it('says what did not run', () => {
    const { missing } = judgeStudy(study(cells, { backbones: ['mcat', 'abmil'] }), { resamples: 100 }).cells;
    expect(missing).toEqual([
      'abmil: no run',
      'abmil + dsu: no run',
      'mcat: 4 of 6 runs, from a, c',
      'mcat + dsu: 4 of 6 runs, from a, c',
    ]);
  });
});

describe('the estimator', () => {
  it('is the mean over runs of C of the very cases that were drawn', () => {
    const runs = [
      run(['mcat', 'plain', 'a'], [1, 0], { c: [4, 5, 1, 3, 2] }),
      run(['mcat', 'plain', 'a'], [2, 0], { c: [1, 5, 2, 3, 4] }),
    ];
    const resamples = 50;
    const estimate = openEstimator({ cells: runs }, resamples, 7)(runs, 'c', 'cross-domain')!;
    const drawn = resampleCounts(5, resamples, 7);
    estimate.resampled.forEach((value, b) => {
      const positions = [...drawn[b]!].flatMap((count, i) => new Array<number>(count).fill(i));
      const pick = <T>(values: readonly T[]) => positions.map((at) => values[at]!);
      const of = (risks: readonly number[]) => {
        try {
          return concordance({ times: pick(OUTCOMES.c.times), events: pick(OUTCOMES.c.events) }, pick(risks))
            .c;
        } catch {
          return NaN;
        }
      };
      const expected = (of(runs[0]!.judged[0]!.risks) + of(runs[1]!.judged[0]!.risks)) / 2;
      if (Number.isNaN(expected)) expect(value).toBeNaN();
      else expect(value).toBeCloseTo(expected, 12);
    });
  });

  it('keeps folds apart: their mean, each on its own held-out cases', () => {
    const halves = [
      { ...run(['mcat', 'plain', 'a'], [1, 0], { a: [4, 3, 2, 1] }) },
      { ...run(['mcat', 'plain', 'a'], [1, 1], { a: [1, 2, 3, 4] }) },
    ].map((cell, fold) => ({
      ...cell,
      judged: cell.judged.map((one) => ({
        ...one,
        ...{
          caseIds: one.caseIds.slice(2 * fold, 2 * fold + 2),
          times: one.times.slice(2 * fold, 2 * fold + 2),
        },
        ...{
          events: one.events.slice(2 * fold, 2 * fold + 2),
          risks: one.risks.slice(2 * fold, 2 * fold + 2),
        },
        cindex: 1 - fold,
      })),
    }));
    const estimate = openEstimator({ cells: halves }, 400, 1)(halves, 'a', 'in-domain')!;
    expect(estimate.value).toBe(0.5);
    // A resample holds a pair of the first fold (1), of the second (0), of both (½) or of none.
    expect(new Set([...estimate.resampled].map(String))).toEqual(new Set(['0', '0.5', '1', 'NaN']));
  });
});
