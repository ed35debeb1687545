import { initBackend } from '@concord/nn';
import { beforeAll, describe, expect, it } from 'vitest';
import { tinySet } from './tinyModel.testing.js';
import { validationLoss } from './validationLoss.js';

const [template] = tinySet().cases;
const judged = (rows: readonly (readonly [months: number, event: boolean, logRisk: number])[]) =>
  rows.map(([timeMonths, event, logRisk]) => ({
    one: { ...template!, timeMonths, event },
    risk: Math.exp(logRisk),
    loss: 0,
  }));
const cox = { name: 'cox', ties: 'breslow', dividedBy: 'events' } as const;
const nll = { name: 'nll', alpha: 0, eps: 1e-7, reduction: 'sum' } as const;

beforeAll(() => initBackend());

describe('validationLoss', () => {
  it('is the mean over cases where each has a loss of its own', () => {
    const cases = judged([
      [3, true, 0],
      [4, false, 0],
    ]).map((one, i) => ({ ...one, loss: i + 1 }));
    expect(validationLoss(cases, nll)).toBe(1.5);
  });

  it('is the partial likelihood of all held-out cases together', () => {
    // By hand: at 2 months all three are at risk, at 5 the last two.
    const cases = judged([
      [2, true, 0.5],
      [5, true, -0.25],
      [9, false, 0.1],
    ]);
    const first = Math.log(Math.exp(0.5) + Math.exp(-0.25) + Math.exp(0.1)) - 0.5;
    const second = Math.log(Math.exp(-0.25) + Math.exp(0.1)) + 0.25;
    expect(validationLoss(cases, cox)).toBeCloseTo((first + second) / 2, 6);
  });

  it('is less for the right order than for the wrong one', () => {
    const right = judged([
      [2, true, 1],
      [5, true, 0],
      [9, true, -1],
    ]);
    const wrong = judged([
      [2, true, -1],
      [5, true, 0],
      [9, true, 1],
    ]);
    for (const loss of [cox, { name: 'ranking', phi: 'sigmoid', reduction: 'mean' } as const]) {
      expect(validationLoss(right, loss)).toBeLessThan(validationLoss(wrong, loss));
    }
  });
});
