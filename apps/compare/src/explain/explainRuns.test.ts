import { percentileInterval, resampleCounts } from '@concord/survival';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JudgedRow } from './comparedRun.js';
import { explainRuns } from './explainRuns.js';
import { compared, naiveC, plainRun, PLANTS, type Plant, type PlantedRun } from './plantedRuns.testing.js';

const setting = { command: 'concord explain a b', resamples: 0, seed: 1, made: [] };

/** Changes for which B's rows are needed: they come after the cases that B lacks have gone. */
const NEED_ROWS = new Set(['outcomes', 'risks']);

/** Shares by walking through every order in which the plants can be made, with C counted pair by pair. */
function sharesByWalking(start: PlantedRun, plants: readonly Plant[]): Map<string, number> {
  const sums = new Map(plants.map(({ name }) => [name as string, 0]));
  let orders = 0;
  const walk = (run: PlantedRun, c: number, left: readonly Plant[], moved: readonly [string, number][]) => {
    if (left.length === 0) {
      orders += 1;
      for (const [name, by] of moved) sums.set(name, sums.get(name)! + by);
    }
    for (const plant of left) {
      if (NEED_ROWS.has(plant.name) && left.some(({ name }) => name === 'cases of A alone')) continue;
      const next = plant.of(run);
      const then = naiveC(next);
      walk(
        next,
        then,
        left.filter((other) => other !== plant),
        [...moved, [plant.name, then - c]],
      );
    }
  };
  walk(start, naiveC(start), plants, []);
  return new Map([...sums].map(([name, sum]) => [name, sum / orders]));
}

describe('explainRuns', () => {
  it('names three planted differences, in order of effect, whichever they are', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.shuffledSubarray([...PLANTS], { minLength: 3, maxLength: 3 }),
        (seed, chosen) => {
          const plants = chosen.map((plant) => plant(seed));
          const start = plainRun(seed);
          const end = plants.reduce((run, plant) => plant.of(run), start);
          const { parts, difference, a, b } = explainRuns(compared('a', start), compared('b', end), setting);
          const expected = [...sharesByWalking(start, plants)].sort(
            ([, x], [, y]) => Math.abs(y) - Math.abs(x),
          );
          expect(parts.map(({ name }) => name).toSorted()).toEqual(plants.map(({ name }) => name).toSorted());
          parts.forEach(({ share }, i) => expect(Math.abs(share)).toBeCloseTo(Math.abs(expected[i]![1]), 9));
          for (const { name, share } of parts) {
            expect(share).toBeCloseTo(new Map(expected).get(name)!, 9);
            seen.add(name);
          }
          expect(a.cindex).toBeCloseTo(naiveC(start), 9);
          expect(b.cindex).toBeCloseTo(naiveC(end), 9);
          expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(difference, 9);
        },
      ),
      { numRuns: 60 },
    );
    expect(seen.size).toBe(PLANTS.length);
  });

  it('finds nothing between a run and itself, whatever the order of its rows', () => {
    const run = plainRun(3);
    const shuffled = { ...run, rows: run.rows.toSorted((x, y) => x.risk - y.risk) };
    const said = explainRuns(compared('a', run), compared('b', shuffled), setting);
    expect(said).toMatchObject({ status: 'equal', parts: [], difference: 0, open: [] });
    expect(said.headline).toMatch(/^Nothing differs: 0\.\d{3} both times, of the same 60 cases\.$/);
  });

  it('turns every sign when A and B change places', () => {
    const other = (name: string) => (name === 'cases of A alone' ? 'cases of B alone' : name);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.shuffledSubarray([...PLANTS], { minLength: 1, maxLength: 4 }),
        (seed, chosen) => {
          const start = plainRun(seed);
          const end = chosen.reduce((run, plant) => plant(seed).of(run), start);
          const there = explainRuns(compared('a', start), compared('b', end), setting);
          const back = explainRuns(compared('a', end), compared('b', start), setting);
          const shares = new Map(back.parts.map(({ name, share }) => [name as string, share]));
          expect(shares.size).toBe(there.parts.length);
          for (const { name, share } of there.parts) {
            expect(shares.get(other(name))).toBeCloseTo(-share, 10);
          }
          expect(back.difference).toBeCloseTo(-there.difference, 10);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('says that rows were paired by position when the same risks belong to other cases', () => {
    const run = plainRun(5);
    const moved = { ...run, rows: run.rows.map((row, i) => ({ ...row, risk: run.rows.at(i - 1)!.risk })) };
    const { parts } = explainRuns(compared('a', run), compared('b', moved), setting);
    expect(parts).toMatchObject([
      { name: 'risks', words: expect.stringContaining('rows were paired by position') },
    ]);
  });

  it('tells other folds from the same ones under other names', () => {
    const mean: PlantedRun = { ...plainRun(6), measure: { ...plainRun(6).measure, folds: 'mean' } };
    const named = (fold: (row: JudgedRow, i: number) => string) => ({
      ...mean,
      rows: mean.rows.map((row, i) => ({ ...row, fold: fold(row, i) })),
    });
    const renamed = explainRuns(
      compared('a', mean),
      compared(
        'b',
        named(({ fold }) => `no. ${fold}`),
      ),
      setting,
    );
    expect(renamed.status).toBe('equal');
    const dealt = named((_, i) => String(i % 3));
    const { parts } = explainRuns(compared('a', mean), compared('b', dealt), setting);
    expect(parts.map(({ name }) => name)).toEqual(['folds']);
    expect(parts[0]!.share).toBeCloseTo(naiveC(dealt) - naiveC(mean), 10);
  });

  it('does not tell cases from model where few cases are common, and says so', () => {
    const [a, b] = [plainRun(7), plainRun(8)];
    const other = { ...b, rows: b.rows.map((row) => ({ ...row, caseId: `other-${row.caseId}` })) };
    const mean: PlantedRun = { ...other, measure: { ...other.measure, folds: 'mean' } };
    const { parts, status, open, difference } = explainRuns(compared('a', a), compared('b', mean), setting);
    expect(parts.map(({ name }) => name).toSorted()).toEqual(['cases and models', 'weighting of folds']);
    expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(difference, 12);
    expect({ status, open }).toEqual({
      status: 'unexplained',
      open: ['too few cases are judged by both to tell the cases from the model'],
    });
  });

  it('finds out that a reported figure is Uno’s', () => {
    const run = plainRun(9);
    const uno = naiveC({ ...run, measure: { ...run.measure, metric: 'uno' } });
    const reported = { value: uno, within: 1e-9, where: 'result.json: cindex' };
    const theirs = compared('b', run, { stated: {}, reported });
    const { parts, b } = explainRuns(compared('a', run), theirs, setting);
    expect(parts.map(({ name }) => name)).toContain('metric');
    // Over folds the mean would be usual.
    expect(b.measure.words).toContain('metric, folds: what gives the reported figure');
  });

  it('asks why, where risks differ above noise and nothing says what was done differently', () => {
    const run = plainRun(10, 200);
    const better = { ...run, rows: run.rows.map((row) => ({ ...row, risk: -row.time + row.risk })) };
    const [a, b] = [compared('a', run), compared('b', better)];
    const why = 'the same cases have other risks, and neither folder says what was done differently';
    expect(explainRuns(a, b, { ...setting, resamples: 200 }).open).toEqual([why]);
    const made = [{ name: 'seed', a: '1', b: '2', where: ['config.json: seed'] }];
    expect(explainRuns(a, b, { ...setting, resamples: 200, made }).status).toBe('explained');
  });

  it('has the intervals of a paired bootstrap of cases', () => {
    const [run, plant] = [plainRun(12), PLANTS[3]!(12)];
    const end = plant.of(run);
    const { parts } = explainRuns(compared('a', run), compared('b', end), { ...setting, resamples: 300 });
    const differences = resampleCounts(run.rows.length, 300, 1).map((counts) => {
      const drawn = ({ rows, measure }: PlantedRun) =>
        naiveC({ rows: rows.flatMap((row, i) => Array.from({ length: counts[i]! }, () => row)), measure });
      return drawn(end) - drawn(run);
    });
    const { share, chance } = parts[0]!;
    const half = 1.96 * percentileInterval(differences).deviation;
    expect(chance!.smallest).toBeCloseTo(half, 10);
    expect([chance!.lower, chance!.upper]).toEqual([share - chance!.smallest, share + chance!.smallest]);
    expect(chance!.belowNoise).toBe(chance!.lower < 0 && chance!.upper > 0);
  });
});
