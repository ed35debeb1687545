import { expectNoLeak } from '@concord/testing';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { initBackend } from './backend.js';
import { transportPlan } from './transportPlan.js';
import { unbalancedTransport, type TransportOptions } from './unbalancedTransport.js';

beforeAll(() => initBackend());

const options = fc.record({
  reg: fc.constantFrom(0.05, 0.1, 0.7),
  regM: fc.constantFrom(0.5, 1, 10),
  kernel: fc.constantFrom('entropy' as const, 'kl' as const),
});
const distances = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 7 }))
  .chain(([rows, columns]) =>
    fc.record({
      shape: fc.constant([rows, columns] as [number, number]),
      values: fc.float32Array({
        ...{ minLength: rows * columns, maxLength: rows * columns, noNaN: true },
        ...{ min: 0.125, max: 1000 },
      }),
    }),
  );

function inFloat64(values: Float32Array, shape: [number, number], given: TransportOptions) {
  const largest = Math.max(...values);
  const cost = Float64Array.from(values, (value) => value / largest);
  return unbalancedTransport(cost, shape, given);
}

describe('a transport plan between tokens', () => {
  it('is that of float64, rounded once', () => {
    fc.assert(
      fc.property(distances, options, ({ shape, values }, given) => {
        const { plan } = inFloat64(values, shape, given);
        const found = tf.tidy(() => transportPlan(tf.tensor2d(values, shape), given).dataSync());
        const largest = Math.max(...plan);
        found.forEach((value, i) => {
          expect(Math.abs(value - plan[i]!)).toBeLessThanOrEqual(2 ** -24 * plan[i]! + 1e-12 * largest);
        });
      }),
      { numRuns: 200 },
    );
  });

  it('is that of float64 for as many patches as a slide has', () => {
    const shape: [number, number] = [4099, 6];
    const given = { reg: 0.05, regM: 0.5, kernel: 'entropy' } as const;
    const values = Float32Array.from({ length: 4099 * 6 }, (_, i) => 1 + ((i * 7919) % 1013));
    const { plan } = inFloat64(values, shape, given);
    const found = tf.tidy(() => transportPlan(tf.tensor2d(values, shape), given).dataSync());
    const largest = Math.max(...plan);
    expect(Math.max(...found.map((value, i) => Math.abs(value - plan[i]!)))).toBeLessThan(2 ** -24 * largest);
  });

  it('leaves no tensor, and is refused by name where it is not finite', () => {
    const given = { reg: 0.1, regM: 0.5, kernel: 'entropy' } as const;
    expectNoLeak(() =>
      tf.tidy(() => {
        transportPlan(tf.tensor2d([1, 2, 3, 4], [2, 2]), given);
        const unfit = (values: number[]) => () => transportPlan(tf.tensor2d(values, [3, 1]), given);
        expect(unfit([0, 0, 0])).toThrow('a plan of 3 × 1 with reg 0.1 is not finite');
        expect(unfit([1, NaN, 2])).toThrow('a plan of 3 × 1 with reg 0.1 is not finite');
        expect(unfit([1, Infinity, 2])).toThrow('a plan of 3 × 1 with reg 0.1 is not finite');
      }),
    );
  });
});
