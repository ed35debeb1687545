import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { movedBy, possibleOrders, type Steps } from './attribution.js';

/** The same by its definition: every order is walked, those with a step that has no number are left out. */
function byWalking({ changes, value }: Steps): number[] | undefined {
  const sums = new Array<number>(changes).fill(0);
  let orders = 0;
  const walk = (taken: number, moved: readonly [change: number, by: number][]) => {
    if (moved.length === changes) {
      orders += 1;
      for (const [change, by] of moved) sums[change]! += by;
      return;
    }
    for (let i = 0; i < changes; i++) {
      if (taken & (1 << i)) continue;
      const [from, to] = [value(taken), value(taken | (1 << i))];
      if (to !== undefined) walk(taken | (1 << i), [...moved, [i, to - from!]]);
    }
  };
  if (value(0) !== undefined) walk(0, []);
  return orders === 0 ? undefined : sums.map((sum) => sum / orders);
}

const game = fc.integer({ min: 1, max: 5 }).chain((changes) =>
  fc.record({
    changes: fc.constant(changes),
    values: fc.array(fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 4, nil: undefined }), {
      minLength: 2 ** changes,
      maxLength: 2 ** changes,
    }),
  }),
);

describe('possibleOrders and movedBy', () => {
  it('give what walking every possible order gives, and shares that add up to the whole', () => {
    fc.assert(
      fc.property(game, ({ changes, values }) => {
        const steps: Steps = { changes, value: (taken) => values[taken] };
        const walked = byWalking(steps);
        const orders = possibleOrders(changes, (taken) => values[taken] !== undefined);
        expect(orders === undefined).toBe(walked === undefined);
        if (!orders) return;
        const shares = movedBy(steps, orders).map(({ share }) => share);
        shares.forEach((share, i) => expect(share).toBeCloseTo(walked![i]!, 12));
        const whole = values[2 ** changes - 1]! - values[0]!;
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(whole, 12);
      }),
    );
  });

  it('split an interaction in halves, and say what each moves alone from either end', () => {
    // Either change moves 0.1 alone; both together 0.4.
    const steps: Steps = { changes: 2, value: (taken) => [0.5, 0.6, 0.6, 0.9][taken] };
    const [first, second] = movedBy(
      steps,
      possibleOrders(2, () => true)!,
    );
    expect(first!.share).toBeCloseTo(0.2, 12);
    expect(second!.share).toBeCloseTo(0.2, 12);
    expect(first!.alone).toBeCloseTo(0.1, 12);
    expect(first!.last).toBeCloseTo(0.3, 12);
  });

  it('leave out orders of which a step has no number', () => {
    // Risks (change 1) can change only when the cases that lack them are gone (change 0).
    const steps: Steps = { changes: 2, value: (taken) => [0.5, 0.55, undefined, 0.7][taken] };
    const orders = possibleOrders(2, (taken) => taken !== 2)!;
    expect(orders.count).toBe(1);
    expect(movedBy(steps, orders)).toMatchObject([{ last: null }, { alone: null }]);
    // After change 0 the second one moves 0.15 alone.
    expect(movedBy(steps, orders, { first: 1, notYet: 0 })[1]!.alone).toBeCloseTo(0.15, 12);
    // The first one cannot be taken back while the second one is made.
    expect(movedBy(steps, orders, { first: 1, notYet: 2 })[0]!.last).toBeCloseTo(0.05, 12);
    expect(movedBy(steps, orders).map(({ share }) => share.toFixed(12))).toEqual([
      '0.050000000000',
      '0.150000000000',
    ]);
    expect(possibleOrders(2, (taken) => taken === 0 || taken === 3)).toBeUndefined();
  });

  it('count every order where all are possible, and refuse what would take too long', () => {
    expect(possibleOrders(6, () => true)!.count).toBe(720);
    expect(possibleOrders(0, () => true)!).toMatchObject({ count: 1, sets: [0] });
    expect(() => possibleOrders(13, () => true)).toThrow('13 changes; at most 12 can be told apart');
  });
});
