import { describe, expect, it } from 'vitest';
import { BothStacks, YARDSTICK_RUNS } from './bothStacks.js';
import type { Judgement, Pass, Step, TrainingStack } from './stack.js';
import { tinySet } from './tinyModel.testing.js';
import type { ByRun, TorchStack } from './torchStack.js';

/** Four cases with events at 1, 2, 3 and 4 months. */
const cases = tinySet()
  .cases.slice(0, 4)
  .map((one, i) => ({ ...one, timeMonths: i + 1, event: true }));
const IN_ORDER = [4, 3, 2, 1];

function byRun<T>(of: (run: number) => T): ByRun<T> {
  return Object.fromEntries(YARDSTICK_RUNS.map((run, i) => [run, of(i)]));
}

/** Both stacks, of which each says what it is told: losses by step, risks by case; `[run][…]` for PyTorch. */
function told(typescript: readonly number[], torch: readonly (readonly number[])[]) {
  const place = (pass: Pass) => cases.findIndex(({ caseId }) => caseId === pass.one.caseId);
  const judged = (risk: number): Judgement => ({ risk, loss: 0 });
  const own: Partial<TrainingStack> = {
    step: async ({ number }) => [typescript[number]!],
    evaluate: async (pass) => judged(typescript[place(pass)]!),
    state: async () => ({}),
    restore: async () => undefined,
  };
  const followed: Partial<TorchStack> = {
    stepAll: async ({ number }) => byRun((run) => [torch[run]![number]!]),
    evaluateAll: async (pass) => byRun((run) => judged(torch[run]![place(pass)]!)),
    state: async () => ({}),
    restore: async () => undefined,
  };
  return new BothStacks(own as TrainingStack, followed as TorchStack);
}

async function judge(typescript: readonly number[], torch: readonly (readonly number[])[]) {
  const stack = told(typescript, torch);
  for (const one of cases) await stack.evaluate({ one, bag: { patches: new Float32Array(), rows: 0 } });
  return stack.cindexOf(cases);
}

describe('the C-index of both stacks', () => {
  const swapped = [4, 3, 1, 2];
  const all = (risks: readonly number[]) => YARDSTICK_RUNS.map(() => risks);

  it('has to be the same where all runs of PyTorch say the same', async () => {
    expect(await judge(IN_ORDER, all(IN_ORDER))).toEqual({
      ...{ typescript: 1, torch: 1, decided: true, same: true },
    });
    // One pair of six the other way round.
    expect(await judge(swapped, all(IN_ORDER))).toEqual({
      ...{ typescript: 5 / 6, torch: 1, decided: true, same: false },
    });
  });

  it('need not be where a run of PyTorch says otherwise', async () => {
    for (const run of YARDSTICK_RUNS.keys()) {
      const torch = YARDSTICK_RUNS.map((_, i) => (i === run ? swapped : IN_ORDER));
      expect(await judge(swapped, torch)).toMatchObject({ decided: false });
    }
  });

  it('is none where no pair is comparable', async () => {
    const stack = told(IN_ORDER, all(IN_ORDER));
    for (const one of cases) await stack.evaluate({ one, bag: { patches: new Float32Array(), rows: 0 } });
    expect(stack.cindexOf(cases.map((one) => ({ ...one, event: false })))).toBeUndefined();
  });
});

describe('the losses of both stacks', () => {
  // From the oracle, the first run, TypeScript is away by up to 0.5, the three others by up to 0.25.
  const torch = [
    [1, 2, 3],
    [1, 2.25, 3],
    [1, 2, 3.125],
    [1, 2, 3],
  ];
  const agreement = { quantity: 'losses', count: 3, error: 0.5, yardstick: 0.25, ratio: 2 };
  const step = (number: number): Step => ({ number, factor: 1, batches: [[]] });

  it('are judged by the farthest', async () => {
    const stack = told([1.25, 2, 3.5], torch);
    for (const number of [0, 1, 2]) await stack.step(step(number));
    expect(stack.agreement()[0]).toEqual(agreement);
  });

  it('are all there after a resume, and after going back to the best epoch', async () => {
    const before = told([1.25, 2, 3.5], torch);
    const fresh = await before.state();
    await before.step(step(0));
    await before.step(step(1));
    const after = told([1.25, 2, 3.5], torch);
    await after.restore(await before.state());
    await after.step(step(2));
    await after.restore(fresh);
    expect(after.agreement()[0]).toEqual(agreement);
  });
});
