import { describe, expect, it } from 'vitest';
import { readReference, type Numbers } from './reference.testing.js';
import { unbalancedTransport, type TransportOptions } from './unbalancedTransport.js';

interface TransportCase {
  readonly name: string;
  readonly options: TransportOptions;
  readonly cost: Numbers;
  readonly plan: Numbers;
  readonly iterations: number;
}

const { cases, pot } = readReference<{ cases: TransportCase[]; pot: string }>('transport');

/** Of the plan's largest entry: what summing in another order costs in float64. */
const LIMIT = 1e-13;

describe(`unbalanced transport, as POT ${pot}`, () => {
  it.each(cases)('$name', ({ options, cost, plan, iterations }) => {
    const [rows, columns] = cost.shape as [number, number];
    const given = Float64Array.from(cost.data);
    const found = unbalancedTransport(given, [rows, columns], options);
    expect(found.iterations).toBe(iterations);
    const largest = Math.max(...plan.data);
    found.plan.forEach((value, i) => {
      expect(Math.abs(value - plan.data[i]!) / largest).toBeLessThan(LIMIT);
    });
    expect([...given]).toEqual(cost.data);
  });

  it('reaches its marginals as they are held more strictly', () => {
    const cost = Float64Array.of(0, 1, 1, 0.5, 0.25, 1);
    const gap = (regM: number) => {
      const { plan } = unbalancedTransport(cost, [3, 2], { reg: 0.5, regM, kernel: 'kl' });
      return Math.abs(plan[0]! + plan[1]! - 1 / 3);
    };
    expect(gap(10)).toBeLessThan(gap(1));
    expect(gap(1000)).toBeLessThan(1e-3);
  });

  it('refuses a cost of NaN', () => {
    expect(() =>
      unbalancedTransport(Float64Array.of(0, NaN), [2, 1], { reg: 0.1, regM: 0.5, kernel: 'kl' }),
    ).toThrow('a plan of 2 × 1 with reg 0.1 is not finite; look for NaN in the cost');
  });
});
