import { initBackend } from '@concord/nn';
import { beforeAll, describe, expect, it } from 'vitest';
import { Passes } from './passes.js';
import type { TrainingPlan } from './plan.js';
import type { Judgement, Pass, Step, TrainingStack } from './stack.js';
import { tinyModel, tinyPlan, tinySet } from './tinyModel.testing.js';
import { train } from './train.js';
import { labelOf } from './trainingSet.js';
import { TypeScriptStack } from './typescriptStack.js';

beforeAll(() => initBackend());

const set = tinySet();
const base = tinyPlan().protocol;
/** What a step changes is the gradient times 0.1: no momentum, no decay. */
const plain = { name: 'sgd', lr: 0.1, weightDecay: 0, momentum: 0 } as const;

function planOf(accumulate: number): TrainingPlan {
  return tinyPlan({ protocol: { ...base, batch: 2, accumulate, optimizer: plain } });
}

/** What steps add to the weights of a model that nobody trained yet. */
async function changeBy(plan: TrainingPlan, steps: readonly Step[]): Promise<number[]> {
  const stack = new TypeScriptStack(tinyModel(set, plan));
  const weights = async () =>
    Object.entries(await stack.state())
      .filter(([name]) => name.startsWith('ts.weight'))
      .flatMap(([, { data }]) => Array.from(data as Float32Array));
  const before = await weights();
  for (const step of steps) await stack.step(step);
  const after = await weights();
  await stack.close();
  return after.map((value, i) => value - before[i]!);
}

async function steps(plan: TrainingPlan, positions: readonly { epoch: number; step: number }[]) {
  const passes = new Passes(tinyModel(set, plan), set.cases, plan);
  const made: Step[] = [];
  for (const position of positions) made.push(await passes.step(position));
  passes.dispose();
  return made;
}

describe('a step', () => {
  it('moves weights by the mean of its batches', async () => {
    const [together] = await steps(planOf(3), [{ epoch: 0, step: 0 }]);
    const apart = await steps(
      planOf(1),
      [0, 1, 2].map((step) => ({ epoch: 0, step })),
    );
    const change = await changeBy(planOf(3), [{ ...together!, factor: 1 }]);
    const changes: number[][] = [];
    for (const one of apart) changes.push(await changeBy(planOf(1), [{ ...one, factor: 1 }]));
    expect(Math.max(...change.map(Math.abs))).toBeGreaterThan(1e-3);
    change.forEach((value, i) => {
      const mean = changes.reduce((sum, one) => sum + one[i]!, 0) / 3;
      expect(Math.abs(value - mean)).toBeLessThan(1e-7);
    });
  });

  it('moves weights by the factor of the schedule', async () => {
    const position = { epoch: 0, step: 0 };
    const [first] = await steps(planOf(1), [position]);
    const [again] = await steps(planOf(1), [position]);
    const whole = await changeBy(planOf(1), [{ ...first!, factor: 1 }]);
    const half = await changeBy(planOf(1), [{ ...again!, factor: 0.5 }]);
    half.forEach((value, i) => expect(Math.abs(value - whole[i]! / 2)).toBeLessThan(1e-7));
  });

  it('says the mean objective of its batches, undivided', async () => {
    const plan = planOf(3);
    const passes = new Passes(tinyModel(set, plan), set.cases, plan);
    const said = [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0.7, 0.8, 0.9], [1.0]];
    const stack = new Scripted(said);
    const { history } = await train({ stack, passes, plan: { ...plan, epochs: 1 } });
    // Three times the mean, as each was divided by three.
    [0.6, 1.5, 2.4, 3].forEach((loss, i) => expect(history.losses[i]).toBeCloseTo(loss, 12));
    passes.dispose();
  });

  it('has patches and draws of its own in every epoch, and the same ones when asked again', async () => {
    const plan = { ...planOf(1), sampling: 'uniform', patches: 3 } as const;
    const epochOf = (epoch: number) => Array.from({ length: 10 }, (_, step) => ({ epoch, step }));
    const made = await steps(plan, [...epochOf(0), ...epochOf(1), ...epochOf(0)]);
    const [first, second, again] = [0, 10, 20].map((from) =>
      made.slice(from, from + 10).flatMap(({ batches }) => batches.flat()),
    ) as [Pass[], Pass[], Pass[]];
    const draws = (passes: readonly Pass[]) => passes.map(({ tape }) => JSON.stringify([...tape!.draws]));
    const patches = (passes: readonly Pass[]) =>
      new Map(passes.map(({ one, bag }) => [one.caseId, bag.patches.join()]));
    expect(draws(again)).toEqual(draws(first));
    expect(patches(again)).toEqual(patches(first));
    // Few of the ways to keep 10 numbers, and to draw 3 of 4 to 9 patches, come twice.
    const [before, after] = [draws(first), draws(second)];
    expect(before.filter((draw, i) => draw === after[i]).length).toBeLessThan(10);
    const later = patches(second);
    expect([...patches(first)].filter(([id, drawn]) => drawn === later.get(id)).length).toBeLessThan(10);
  });
});

describe('early stopping', () => {
  it.each([
    ['loss', [3, 2, 2, 4, 1], 1],
    ['cindex', [0.5, 0.7, 0.7, 0.6, 0.9], 1],
  ] as const)(
    'by %s waits for its patience, and goes back to the first of the best',
    async (by, course, best) => {
      const plan = { ...planOf(10), epochs: 5, stop: { patience: 2, by } };
      const validation = tinySet('stad', { cases: 11 }).cases.map((one, i) => ({
        ...one,
        ...{ timeMonths: i + 1, event: true },
      }));
      const passes = new Passes(tinyModel(set, plan), set.cases, plan);
      const stack = new Scripted(
        [],
        by === 'loss' ? { loss: course } : { cindex: course },
        validation.length,
      );
      const { history, bestEpoch } = await train({ stack, passes, plan, validation });
      passes.dispose();
      // Epoch 1 is the best; 2 and 3 are no better, and 4, which would be, is not reached.
      expect(history.epochs).toHaveLength(4);
      expect(bestEpoch).toBe(best);
      expect(stack.restored).toEqual([best]);
    },
  );
});

describe('the label of a case', () => {
  it('says that it is censored where no event was seen', () => {
    const one = set.cases[0]!;
    expect(labelOf({ ...one, bin: 2, event: true, timeMonths: 31 })).toEqual({
      ...{ bin: 2, censored: 0, months: 31 },
    });
    expect(labelOf({ ...one, event: false }).censored).toBe(1);
  });
});

/** A stack that says what it is told to; its state is the number of the epoch that ended last. */
class Scripted implements TrainingStack {
  readonly name = 'ts';
  readonly restored: number[] = [];
  private taken = 0;
  private judged = 0;

  constructor(
    private readonly losses: readonly (readonly number[])[],
    private readonly course: { readonly loss?: readonly number[]; readonly cindex?: readonly number[] } = {},
    private readonly validation = 1,
  ) {}

  async step({ batches }: Step): Promise<readonly number[]> {
    return this.losses[this.taken++] ?? batches.map(() => 0.5);
  }

  /** Of n cases in order of time, the k-th from the end as the first one's risk: k of n − 1 pairs with it fit. */
  async evaluate(): Promise<Judgement> {
    const [epoch, place] = [Math.floor(this.judged / this.validation), this.judged % this.validation];
    this.judged += 1;
    const cindex = this.course.cindex?.[epoch];
    const risk = cindex === undefined ? -place : riskFor(cindex, place, this.validation);
    return { risk, loss: this.course.loss?.[epoch] ?? 1 };
  }

  async state() {
    const epoch = Math.floor(this.judged / this.validation) - 1;
    return { epoch: { dtype: 'F64', shape: [1], data: Float64Array.of(epoch) } } as const;
  }

  async restore(state: Awaited<ReturnType<Scripted['state']>>): Promise<void> {
    this.restored.push(state.epoch.data[0]!);
  }

  async close(): Promise<void> {}
}

/** Risks of n cases, all with events in order of time, whose C is the share asked for: so many pairs are in order. */
function riskFor(cindex: number, place: number, count: number): number {
  // The first pairs in lexicographic order are turned round: risks are inversions of a falling order.
  let wrong = Math.round((1 - cindex) * ((count * (count - 1)) / 2));
  const order = Array.from({ length: count }, (_, i) => count - i);
  for (let i = 0; i < count - 1 && wrong > 0; i++) {
    const turned = Math.min(wrong, count - 1 - i);
    // The case i goes behind so many later ones.
    order.splice(i, turned + 1, ...order.slice(i + 1, i + turned + 1), order[i]!);
    wrong -= turned;
  }
  return order[place]!;
}
