import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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
    const start = plainRun(11);
    const end = [0, 1, 3].map((i) => PLANTS[i]!(11)).reduce((run, plant) => plant.of(run), start);
    const [there, back] = [
      explainRuns(compared('a', start), compared('b', end), setting),
      explainRuns(compared('a', end), compared('b', start), setting),
    ];
    const other = (name: string) => (name === 'cases of A alone' ? 'cases of B alone' : name);
    const shares = new Map(back.parts.map(({ name, share }) => [name as string, share]));
    for (const { name, share } of there.parts) expect(shares.get(other(name))).toBeCloseTo(-share, 12);
    expect(back.difference).toBeCloseTo(-there.difference, 12);
  });
});
