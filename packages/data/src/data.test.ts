import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinPathways, packPathways } from './genes/pathways.js';
import { SYNTHETIC_PRESETS } from './presets.js';
import { syntheticCohort, type SyntheticCohort } from './syntheticCohort.js';
import { fitTimeBins, timeBin } from './clinical/timeBins.js';

describe('time bins', () => {
  it('are quartiles of the event times, widened at the ends, as worked by hand', () => {
    const cases = [1, 2, 3, 4, 5].map((timeMonths) => ({ timeMonths, event: true }));
    cases.push({ timeMonths: 9, event: false });
    const edges = fitTimeBins(cases, 4, 'here');
    expect(edges).toEqual([1 - 1e-6, 2, 3, 4, 9 + 1e-6]);
    expect([1, 2, 2.5, 4, 9].map((time) => timeBin(time, edges, 'here'))).toEqual([0, 1, 1, 3, 3]);
  });

  it('put every fitted case in exactly one bin', () => {
    const followUp = fc.record({
      timeMonths: fc.double({ min: 0.1, max: 200, noNaN: true }),
      event: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(followUp, { minLength: 30, maxLength: 60 }), (cases) => {
        fc.pre(new Set(cases.filter(({ event }) => event).map(({ timeMonths }) => timeMonths)).size > 8);
        const edges = fitTimeBins(cases, 4, 'here');
        return cases.every(({ timeMonths }) => {
          const bin = timeBin(timeMonths, edges, 'here');
          return timeMonths >= edges[bin]! && timeMonths < edges[bin + 1]!;
        });
      }),
    );
  });

  it('refuse a cohort without events, tied events and a time outside', () => {
    const censored = [{ timeMonths: 3, event: false }];
    expect(() => fitTimeBins(censored, 4, 'here')).toThrow('here: all 1 cases are censored');
    const tied = Array.from({ length: 8 }, () => ({ timeMonths: 3, event: true }));
    expect(() => fitTimeBins(tied, 4, 'here')).toThrow('coinciding edges');
    expect(() => timeBin(9, [0, 1], 'here')).toThrow('9 months is outside');
  });
});

describe('pathways', () => {
  it('are joined by symbol and sorted, repeated genes counted once', () => {
    const sets = new Map([
      ['P', ['ZYX', 'ABL1', 'ZYX', 'GONE']],
      ['Q', ['ABL1']],
    ]);
    const { pathways, asked, measured } = joinPathways(sets, ['ZYX', 'ABL1'], 'sets.csv');
    expect(pathways).toEqual([
      { name: 'P', genes: [1, 0] },
      { name: 'Q', genes: [1] },
    ]);
    expect([asked, measured]).toEqual([3, 2]);
  });

  it('refuse a set of which nothing was measured', () => {
    const sets = new Map([['HALLMARK_X', ['A', 'B']]]);
    expect(() => joinPathways(sets, ['C'], 'sets.csv')).toThrow(
      'sets.csv: none of the 2 genes of HALLMARK_X',
    );
  });

  it('are packed one after the other', () => {
    const gene = fc.nat(9);
    const pathway = fc.record({ name: fc.string(), genes: fc.array(gene, { minLength: 1, maxLength: 5 }) });
    fc.assert(
      fc.property(fc.array(pathway), (pathways) => {
        const packed = packPathways([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], pathways);
        expect([...packed]).toEqual(pathways.flatMap(({ genes }) => genes));
      }),
    );
  });
});

describe('the synthetic cohort', () => {
  const many = syntheticCohort('blca', { cases: 400, patches: [4, 6] });

  it('is the same every time, and another with another seed', () => {
    const print = (cohort: SyntheticCohort) =>
      cohort.cases
        .slice(0, 3)
        .map((one) => [one.caseId, one.timeMonths, one.genes.join(), one.patches().join()].join());
    expect(print(syntheticCohort('blca'))).toEqual(print(syntheticCohort('blca')));
    expect(print(syntheticCohort('blca', { seed: 8 }))).not.toEqual(print(syntheticCohort('blca')));
  });

  it('has barcodes of the real form, of a site that no cohort has', () => {
    for (const { caseId, slideIds } of many.cases) {
      expect(caseId).toMatch(/^TCGA-ZZ-[A-Z0-9]{4}$/);
      expect(slideIds[0]).toMatch(
        new RegExp(`^${caseId}-01Z-00-DX1\\.[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$`),
      );
    }
    expect(new Set(many.cases.map(({ caseId }) => caseId)).size).toBe(400);
  });

  it('has outcomes that follow the planted risk', () => {
    let concordant = 0;
    let comparable = 0;
    many.cases.forEach((a, i) => {
      many.cases.forEach((b, j) => {
        if (!a.event || a.timeMonths >= b.timeMonths) return;
        comparable += 1;
        if (many.trueRisk[i]! > many.trueRisk[j]!) concordant += 1;
      });
    });
    expect(concordant / comparable).toBeGreaterThan(0.65);
  });

  it('censors about as many cases as asked, and fills every bin', () => {
    const censored = many.cases.filter(({ event }) => !event).length;
    expect(Math.abs(censored / 400 - 0.5)).toBeLessThan(0.08); // three standard deviations
    expect(new Set(many.cases.map(({ bin }) => bin)).size).toBe(4);
  });

  it('shifts both modalities between cancers', () => {
    const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const profile = (name: string, of: (one: SyntheticCohort['cases'][number]) => Float32Array) => {
      const { cases } = syntheticCohort(name, { cases: 60, patches: [4, 4] });
      const width = of(cases[0]!).length;
      return Float32Array.from({ length: Math.min(width, 96) }, (_, i) =>
        mean(Float32Array.from(cases, (one) => of(one)[i]!)),
      );
    };
    for (const of of [
      (one: SyntheticCohort['cases'][number]) => one.genes,
      (one: SyntheticCohort['cases'][number]) => one.patches(),
    ]) {
      const [blca, stad] = [profile('blca', of), profile('stad', of)];
      const distance = Math.sqrt(mean(blca.map((value, i) => (value - stad[i]!) ** 2)));
      expect(distance).toBeGreaterThan(0.15);
    }
  });

  it('has the published sizes in the preset of that name', () => {
    const { cases, pathways, patchWidth } = syntheticCohort('brca', SYNTHETIC_PRESETS.published);
    const sizes = pathways.map(({ genes }) => genes.length);
    expect([pathways.length, Math.min(...sizes), Math.max(...sizes), patchWidth]).toEqual([331, 1, 75, 768]);
    expect(cases[0]!.patchCount).toBe(4096);
  });

  it('refuses an unknown cohort, naming those there are', () => {
    expect(() => syntheticCohort('luad')).toThrow('unknown luad; there are: brca, blca, stad, hnsc');
  });
});
