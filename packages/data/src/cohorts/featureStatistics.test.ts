import { describe, expect, it } from 'vitest';
import type { CohortCase } from '../cohort.js';
import { featureStatistics } from './featureStatistics.js';

const caseOf = (caseId: string, rows: readonly (readonly number[])[]): CohortCase => ({
  caseId,
  slideIds: [],
  timeMonths: 1,
  event: true,
  bin: 0,
  genes: new Float32Array(),
  patchCount: rows.length,
  patches: () => Float32Array.from(rows.flat()),
});

describe('featureStatistics', () => {
  it('gives mean, spread and range by hand, and names what never varies', async () => {
    const cases = [
      caseOf('TCGA-A1-0001', [
        [1, 5],
        [3, 5],
      ]),
      caseOf('TCGA-A1-0002', [[8, 5]]),
    ];
    const found = await featureStatistics({ cases, patchWidth: 2, channels: ['first', 'second'] });
    expect(found).toEqual({
      cases: 2,
      patches: 3,
      channels: [
        { name: 'first', mean: 4, sd: expect.closeTo(Math.sqrt(26 / 3), 12), least: 1, most: 8 },
        { name: 'second', mean: 5, sd: 0, least: 5, most: 5 },
      ],
      constant: ['second'],
    });
  });

  it('looks at so many patches of a bag and no more', async () => {
    const cases = [
      caseOf(
        'TCGA-A1-0001',
        Array.from({ length: 100 }, (_, i) => [i]),
      ),
    ];
    const { patches, channels } = await featureStatistics({ cases, patchWidth: 1 }, { sample: 10 });
    expect(patches).toBe(10);
    expect(channels[0]!.name).toBe('feature 1');
  });

  it('a site that shifts all features explains all of them; one that does not, nothing', async () => {
    const of = (value: (site: number, i: number) => number) =>
      featureStatistics({
        cases: Array.from({ length: 40 }, (_, i) =>
          caseOf(`TCGA-A${i % 4}-${String(i).padStart(4, '0')}`, [[value(i % 4, Math.floor(i / 4))]]),
        ),
        patchWidth: 1,
      });
    expect((await of((site) => site)).siteShare).toBe(1);
    // The same ten values at every site: nothing between sites, so the correction leaves a little below 0.
    expect((await of((_, i) => i)).siteShare).toBeCloseTo(1 - 39 / 36, 12);
  });
});
