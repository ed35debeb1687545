import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initBackend } from '@concord/nn';
import { memory } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lastCheckpoint, listCheckpoints, type Checkpoint } from './checkpoint.js';
import { metricsCsv, stepsCsv } from './history.js';
import { Passes } from './passes.js';
import type { TrainingPlan } from './plan.js';
import { tinyModel, tinyPlan, tinySet } from './tinyModel.testing.js';
import { train, type TrainingEvent, type TrainingRun } from './train.js';
import { DivergedError } from './trainingError.js';
import type { TrainingCase } from './trainingSet.js';
import { TypeScriptStack } from './typescriptStack.js';

beforeAll(() => initBackend());

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'concord-training-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Optional = Partial<Pick<TrainingRun, 'from' | 'signal' | 'validation'>> & {
  readonly cases?: readonly TrainingCase[];
  readonly every?: number;
  readonly hear?: (event: TrainingEvent) => void;
};

/** Train the tiny model; what is left of it, and the tensors that were not freed. */
async function run(plan: TrainingPlan, { cases, every, ...rest }: Optional = {}) {
  const before = memory().numTensors;
  const set = tinySet();
  const model = tinyModel(set, plan, 'sdir');
  const stack = new TypeScriptStack(model);
  const passes = new Passes(model, cases ?? set.cases, plan);
  try {
    const trained = await train({
      ...{ stack, passes, plan, ...rest },
      checkpoints: { folder, hash: 'one', ...(every !== undefined && { every }) },
    });
    return { trained, state: await stack.state(), leaked: () => memory().numTensors - before };
  } finally {
    passes.dispose();
    await stack.close();
  }
}

const resume = (notes: string[] = []): { from: Checkpoint } => ({
  from: lastCheckpoint(folder, 'one', (text) => notes.push(text))!,
});

/** Stop after so many steps, as Ctrl-C does. */
function stopAfter(steps: number): Optional {
  const controller = new AbortController();
  let taken = 0;
  return {
    signal: controller.signal,
    hear: ({ kind }) => {
      if (kind === 'step' && (taken += 1) === steps) controller.abort();
    },
  };
}

describe('train', () => {
  it('goes on from any interruption to the same bits', async () => {
    const plan = tinyPlan();
    const whole = await run(plan);
    expect(whole.trained.history.losses).toHaveLength(16);
    for (const steps of [1, 4, 5, 11]) {
      rmSync(folder, { recursive: true });
      const part = await run(plan, stopAfter(steps));
      expect(part.trained.finished).toBe(false);
      const rest = await run(plan, resume());
      expect(rest.trained).toEqual(whole.trained);
      expect(rest.state).toEqual(whole.state);
    }
  });

  it.each(['adam', 'adamW', 'lamb', 'radam', 'sgd'] as const)('keeps the slots of %s', async (name) => {
    const { protocol } = tinyPlan();
    const { lr, weightDecay } = protocol.optimizer;
    const optimizer =
      name === 'sgd'
        ? ({ name, lr, weightDecay, momentum: 0.9 } as const)
        : ({ name, lr, weightDecay, betas: [0.9, 0.999], eps: 1e-8 } as const);
    const plan = tinyPlan({ protocol: { ...protocol, optimizer }, epochs: 2 });
    const whole = await run(plan);
    rmSync(folder, { recursive: true });
    await run(plan, stopAfter(3));
    expect((await run(plan, resume())).state).toEqual(whole.state);
  });

  it('leaves no tensor behind', async () => {
    await run(tinyPlan({ epochs: 1 }));
    const { leaked } = await run(tinyPlan({ epochs: 1 }));
    expect(leaked()).toBe(0);
  });

  it('keeps two checkpoints, and passes a damaged one over, saying so', async () => {
    const plan = tinyPlan();
    const whole = await run(plan, { every: 3 });
    expect(listCheckpoints(folder)).toHaveLength(2);
    const [last, before] = listCheckpoints(folder) as [string, string];
    for (const spoil of [
      () => truncateSync(last, 100),
      () => {
        const bytes = readFileSync(last);
        bytes[bytes.length - 9]! ^= 1;
        writeFileSync(last, bytes);
      },
    ]) {
      spoil();
      writeFileSync(`${last}.abc.partial`, 'what a kill leaves');
      const notes: string[] = [];
      const found = resume(notes);
      expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).toEqual([]);
      expect(notes).toEqual([expect.stringContaining(`${last} is damaged`)]);
      expect(before).toContain(String(found.from.history.losses.length));
      const again = await run(plan, found);
      expect(again.state).toEqual(whole.state);
    }
    for (const path of listCheckpoints(folder)) truncateSync(path, 100);
    const notes: string[] = [];
    expect(resume(notes).from).toBeUndefined();
    expect(notes.at(-1)).toContain('starting over');
  });

  it('refuses a checkpoint of another configuration', async () => {
    await run(tinyPlan({ epochs: 1 }));
    expect(() => lastCheckpoint(folder, 'two', () => undefined)).toThrow('another configuration');
  });

  it('stops at a loss that is not finite, names case and step, and keeps the last good checkpoint', async () => {
    const { cases } = tinySet();
    const spoiled = cases.map((one, i) => (i === 3 ? { ...one, genes: one.genes.map(() => NaN) } : one));
    const good = await run(tinyPlan({ epochs: 1, sampling: 'uniform' }));
    const plan = tinyPlan({ epochs: 2, sampling: 'uniform' });
    await expect(run(plan, { ...resume(), cases: spoiled })).rejects.toThrow(DivergedError);
    await expect(run(plan, { ...resume(), cases: spoiled })).rejects.toThrow(
      new RegExp(`the loss is NaN in step \\d+, at .*${cases[3]!.caseId} of blca`),
    );
    expect(resume().from.state).toEqual(good.state);
  });

  it('stops at a risk that is not finite, and names the case', async () => {
    const validation = tinySet('stad').cases.map((one, i) =>
      i === 3 ? { ...one, genes: one.genes.map(() => NaN) } : one,
    );
    const good = await run(tinyPlan({ epochs: 1 }));
    await expect(run(tinyPlan({ epochs: 2 }), { ...resume(), validation })).rejects.toThrow(
      `the risk of ${validation[3]!.caseId} of stad is NaN; look at the features of that case`,
    );
    expect(resume().from.state).toEqual(good.state);
  });

  it('says that a checkpoint cannot be written, and leaves those before', async () => {
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'a file in place of the folder');
    await expect(run(tinyPlan({ epochs: 1 }))).rejects.toThrow(/cannot be written: .*left as they are/);
  });

  it('stops early, keeps the best epoch, and does both after a resume', async () => {
    const cases = tinySet('stad').cases.slice(0, 6);
    const plan = tinyPlan({ epochs: 30, stop: { patience: 1, by: 'loss' }, schedule: { name: 'constant' } });
    const fast = {
      ...plan,
      protocol: { ...plan.protocol, optimizer: { ...plan.protocol.optimizer, lr: 0.05 } },
    };
    const whole = await run(fast, { validation: cases });
    const { epochs } = whole.trained.history;
    const best = Math.min(...epochs.map(({ validationLoss }) => validationLoss));
    expect(epochs.length).toBeLessThan(30);
    expect(epochs[whole.trained.bestEpoch!]!.validationLoss).toBe(best);
    expect(epochs.at(-1)!.epoch - whole.trained.bestEpoch!).toBe(1);
    rmSync(folder, { recursive: true });
    await run(fast, { validation: cases, ...stopAfter(6) });
    const rest = await run(fast, { validation: cases, ...resume() });
    expect(rest.trained).toEqual(whole.trained);
    expect(rest.state).toEqual(whole.state);
  });

  it('writes a row an epoch, and one a step', async () => {
    const { trained } = await run(tinyPlan({ epochs: 2 }), { validation: tinySet('stad').cases });
    const rows = metricsCsv(trained.history, 4).trim().split('\n');
    expect(rows[0]).toBe('epoch,step,loss,validationLoss,validationCindex');
    expect(rows).toHaveLength(3);
    expect(rows[2]).toMatch(/^2,8,[\d.]+,[\d.]+,0\.\d+$/);
    const steps = stepsCsv(trained.history).trim().split('\n');
    expect(steps).toHaveLength(9);
    const losses = steps.slice(5).map((row) => Number(row.split(',')[1]));
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / 4;
    expect(Number(rows[2]!.split(',')[2])).toBeCloseTo(mean, 12);
  });
});
