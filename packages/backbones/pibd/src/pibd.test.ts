import { readFileSync } from 'node:fs';
import { batchLoss, moduleDraws, parameterCount } from '@concord/backbone';
import { moduleVariants, type ModuleVariant } from '@concord/modules';
import { drawTape, initBackend, openForwardPass } from '@concord/nn';
import { expectClose, expectNoLeak } from '@concord/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { backbone } from './backbone.js';
import { club } from './club.js';
import { tokenCounts, weightShapes, type PibdConfig } from './config.js';
import { pibd } from './pibd.js';
import { productOfExperts } from './productOfExperts.js';
import { randomness } from './randomness.js';
import { topEntries } from './topEntries.js';

interface Numbers {
  readonly shape: number[];
  readonly data: number[];
}

interface ClubCase {
  readonly name: 'bound' | 'fit';
  readonly inputs: Readonly<Record<string, Numbers>>;
  readonly upstream: Numbers;
  readonly output: Numbers;
  readonly gradients: Readonly<Record<string, Numbers>>;
}

const reference = JSON.parse(readFileSync(new URL('../reference/pibd.json', import.meta.url), 'utf8')) as {
  torch: string;
  club: ClubCase[];
};

const CONFIG: PibdConfig = {
  ...{ pathwaySizes: [3, 1, 4, 2, 1], patchWidth: 6, width: 8, heads: 2, bins: 4 },
  ...{ subBags: 3, subBagSize: 4, ratioPatches: 0.5, ratioPathways: 0.8, samples: 3, reseeds: false },
};
const PATCHES = 7;
const evaluation = { mode: 'evaluation' } as const;

beforeAll(async () => {
  await initBackend();
});

const weightTensors = (): Record<string, tf.Tensor> =>
  Object.fromEntries(
    Object.entries(backbone.initialWeights(CONFIG, 3)).map(([name, { data, shape }]) => [
      name,
      tf.tensor(data, [...shape]),
    ]),
  );

const caseOf = (number: number) => ({
  genes: tf.randomNormal<tf.Rank.R1>([11], 0, 1, 'float32', number),
  patches: tf.randomNormal<tf.Rank.R2>([PATCHES, 6], 0, 1, 'float32', number),
  label: { bin: number % 4, censored: 0 } as const,
});

/** A batch's loss and its gradients, with what is seen on the way. */
function trainer(variant: ModuleVariant, cases = 3) {
  const model = pibd(CONFIG);
  const module = moduleVariants[variant]();
  const draws = [...model.draws(PATCHES), ...moduleDraws(module, model.plugIn(PATCHES))];
  const tapes = [drawTape(draws, 1, 0)];
  for (let step = 1; step < cases; step++) tapes.push(drawTape(draws, 1, step, tapes[0]));
  const dispose = () => [...tapes, model].forEach((one) => one.dispose());
  const loss = (weights: Record<string, tf.Tensor>, tap?: (name: string, tensor: tf.Tensor) => void) =>
    batchLoss(
      model,
      tapes.map((tape, i) => ({ input: caseOf(i), tape })),
      weights,
      backbone.protocol!.loss,
      { mode: 'training', module, ...(tap && { tap }) },
    );
  return { model, tapes, loss, dispose };
}

describe('PIBD', () => {
  it('has the parameters of the published class', () => {
    const pathways = [...Array<number>(330).fill(29), 9745 - 330 * 29].map((size) =>
      Array.from({ length: size }, (_, gene) => gene),
    );
    const config = backbone.configure({ pathways, patchWidth: 768, bins: 4 });
    expect(parameterCount(weightShapes(config))).toBe(26_930_702);
    expect(tokenCounts(config, 4096)).toEqual({ subBag: 512, patches: 256, pathways: 264 });
    expect(tokenCounts(config, 100)).toEqual({ subBag: 100, patches: 50, pathways: 264 });
  });

  it('leaves no tensor, and gives every weight a finite gradient', () => {
    const { loss, tapes, dispose } = trainer('described');
    tf.tidy(() => {
      const weights = weightTensors();
      const names = Object.keys(weights);
      const step = () =>
        tf.tidy(() => {
          const { grads } = tf.valueAndGrads((...values: tf.Tensor[]) =>
            loss(Object.fromEntries(names.map((name, i) => [name, values[i]!]))),
          )(names.map((name) => weights[name]!));
          return grads.map((gradient) => tf.sum(tf.abs(gradient)).dataSync()[0]!);
        });
      step(); // reads the tapes, which keep what was read
      expectNoLeak(step).forEach((size, i) =>
        expect([names[i], size > 0 && size < Infinity]).toEqual([names[i], true]),
      );
    });
    expect(tapes[0]!.decisions.get('wsi.top')!.shape).toEqual([3, 2]);
    dispose();
  });

  it('evaluates the same every time without a tape, whatever the label', () => {
    const model = pibd(CONFIG);
    tf.tidy(() => {
      const weights = weightTensors();
      const { label, ...input } = caseOf(1);
      const evaluate = (given: object) =>
        tf.tidy(() => [...model.forward({ ...input, ...given }, weights, evaluation).logits.dataSync()]);
      const first = expectNoLeak(() => evaluate({}));
      expect(evaluate({ label })).toEqual(first);
      expect(first.every(Number.isFinite)).toBe(true);
    });
    model.dispose();
  });

  it('takes the proxies’ noise from the first tape of a batch', () => {
    const { tapes, dispose } = trainer('plain');
    for (const name of ['omics.noise', 'wsi.noise'])
      expect(tapes[2]!.values(name)).toBe(tapes[0]!.values(name));
    expect(tapes[2]!.values('poe.noise')).not.toEqual(tapes[0]!.values('poe.noise'));
    dispose();
  });

  it('couples nothing in a batch of one: the bound is zero', () => {
    const { loss, dispose } = trainer('plain', 1);
    tf.tidy(() => {
      const seen: Record<string, number> = {};
      loss(weightTensors(), (name, tensor) => (seen[name] = tensor.dataSync()[0]!));
      expect(seen['club.bound']).toBe(0);
      expect(seen['club.fit']).toBeGreaterThan(0);
    });
    dispose();
  });

  it('calls a module for each sub-bag, with draws of its own', () => {
    const model = pibd(CONFIG);
    const names = moduleDraws(moduleVariants.cade(), model.plugIn(PATCHES)).map(({ name }) => name);
    expect(names.filter((name) => name.endsWith('.gate'))).toEqual(
      [0, 1, 2].map((call) => `call.${call}.cade.gate`),
    );
    model.dispose();
  });

  it('needs the label in training', () => {
    const { model, tapes, dispose } = trainer('plain', 1);
    tf.tidy(() => {
      const { genes, patches } = caseOf(1);
      const run = () =>
        model.forward({ genes, patches }, weightTensors(), { mode: 'training', tape: tapes[0]! });
      expect(run).toThrow('pibd: training reads the label of the case');
    });
    dispose();
  });
});

describe('an evaluation that reseeds', () => {
  it('has one noise, and the same patches from the second sub-bag on', () => {
    const config = { ...CONFIG, reseeds: true };
    const model = pibd(config);
    const tape = drawTape(model.evaluationDraws!(PATCHES), 1, 0);
    tf.tidy(() => {
      const draws = randomness(openForwardPass('pibd', {}, { ...evaluation, tape }), config, 'evaluation');
      const [first, second, third] = tf
        .split(draws.subBags(PATCHES, 4), 3)
        .map((order) => [...order.dataSync()]);
      expect(third).toEqual(second);
      expect(second).not.toEqual(first);
      const noise = draws.proxies('omics').dataSync();
      expect(draws.proxies('wsi').dataSync()).toEqual(Float32Array.from([...noise, ...noise, ...noise]));
      const ofFirstProxy = [...noise.slice(0, 8)];
      expect([...draws.joint().dataSync()]).toEqual([...ofFirstProxy, ...ofFirstProxy, ...ofFirstProxy]);
    });
    tape.dispose();
    model.dispose();
  });
});

describe(`CLUB, as torch ${reference.torch} in float64`, () => {
  it.each(reference.club)('$name', ({ name, inputs, upstream, output, gradients }) => {
    tf.tidy(() => {
      const names = Object.keys(inputs);
      const run = (...values: tf.Tensor[]): tf.Tensor => {
        const given = Object.fromEntries(names.map((key, i) => [key, values[i]!]));
        const weights = {
          'c.p_mu.0.weight': given['first']!,
          'c.p_mu.0.bias': given['firstBias']!,
          'c.p_mu.2.weight': given['second']!,
          'c.p_mu.2.bias': given['secondBias']!,
        };
        const pass = openForwardPass('club', weights, evaluation);
        return tf.reshape(club(pass, 'c', given['x'] as tf.Tensor3D, given['y'] as tf.Tensor3D)[name], [1]);
      };
      const values = names.map((key) => tf.tensor(inputs[key]!.data, inputs[key]!.shape));
      expectClose(name, run(...values).dataSync(), output.data, 16);
      const found = tf.grads(run)(values, tf.tensor(upstream.data));
      names.forEach((key, i) => {
        const exact = gradients[key]!.data;
        // A constant added to every prediction moves no bound: its gradient is 0, up to rounding on both sides.
        if (exact.every((value) => Math.abs(value) < 1e-15)) {
          for (const value of found[i]!.dataSync()) expect(Math.abs(value)).toBeLessThan(1e-6);
        } else expectClose(`d${key}`, found[i]!.dataSync(), exact, 16);
      });
    });
  });
});

describe('the product of experts', () => {
  it('of two equal ones is the one', () => {
    tf.tidy(() => {
      const pass = openForwardPass('poe', { 'PoE.phi': tf.tensor1d([0.3, 0.3]) }, evaluation);
      const expert = {
        mean: tf.tensor2d([[1, -2]]),
        deviation: tf.tensor2d([[0.5, 2]]),
        tokens: tf.zeros<tf.Rank.R2>([1, 2]),
      };
      const made = productOfExperts(pass, [expert, expert], tf.tensor2d([[1, 1]]));
      expectClose('mean + deviation', made.dataSync(), [1.5, 0], 8);
    });
  });
});

describe('topEntries', () => {
  it('takes the largest first, of equal ones the earlier, and writes its decision down', () => {
    const tape = drawTape([], 1, 0);
    const pass = openForwardPass('top', {}, evaluation);
    const values = tf.tensor2d([
      [1, 3, 2, 3],
      [5, 5, 5, 5],
    ]);
    expect([...topEntries(pass, tape, 'top', values, 3)]).toEqual([1, 3, 2, 0, 1, 2]);
    expect(tape.decisions.get('top')).toEqual({ data: Int16Array.of(1, 3, 2, 0, 1, 2), shape: [2, 3] });
    values.dispose();
  });
});
