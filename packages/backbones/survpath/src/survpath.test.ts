import { parameterCount } from '@concord/backbone';
import { moduleVariants, type ModuleVariant } from '@concord/modules';
import { drawTape, initBackend, nllSurvival, Parameters, radam } from '@concord/nn';
import { expectNoLeak } from '@concord/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { weightShapes } from './config.js';
import { backbone } from './backbone.js';
import { survpath } from './survpath.js';

const CONFIG = { pathwaySizes: [3, 1, 4], patchWidth: 6, width: 8, bins: 4 };
const PATCHES = 5;
const SIZES = { strong: PATCHES, weak: CONFIG.pathwaySizes.length, width: CONFIG.width };

beforeAll(async () => {
  await initBackend();
});

/** One case: its risk follows the first gene and all patches. */
function caseOf(risk: number) {
  const genes = tf.tensor1d([risk, 0.1, -0.2, 0.3, 0, risk, 0.5, -0.5]);
  return {
    genes,
    patches: tf.add<tf.Tensor2D>(tf.reshape(tf.linspace(-1, 1, PATCHES * 6), [PATCHES, 6]), risk),
  };
}

/** A model in training; `step` returns the loss. */
function trainer(variant: ModuleVariant) {
  const module = moduleVariants[variant]();
  const model = survpath(CONFIG);
  const parameters = Parameters.from(backbone.initialWeights(CONFIG, 3));
  const optimiser = radam(parameters, { learningRate: 1e-3, weightDecay: 1e-4 });
  const { names } = parameters;
  const draws = [...model.draws(PATCHES), ...module.draws(SIZES)];
  const step = (risk: number): number => {
    const tape = drawTape(draws, 1, optimiser.steps);
    const label = { bin: risk > 0 ? 0 : 3, censored: 0 } as const;
    const { loss, gradients } = tf.tidy(() => {
      const input = caseOf(risk);
      const weights = parameters.tensors();
      const { value, grads } = tf.valueAndGrads((...values: tf.Tensor[]) => {
        const given = Object.fromEntries(names.map((name, i) => [name, values[i]!]));
        return nllSurvival(model.forward(input, given, { mode: 'training', tape, module }).logits, [label]);
      })(names.map((name) => weights[name]!));
      return {
        loss: value.dataSync()[0]!,
        gradients: Object.fromEntries(names.map((name, i) => [name, grads[i]!])),
      };
    });
    optimiser.apply(gradients);
    tf.dispose(gradients);
    tape.dispose();
    return loss;
  };
  const dispose = () => {
    optimiser.dispose();
    parameters.dispose();
    model.dispose();
  };
  return { step, dispose, model, parameters };
}

describe('SurvPath', () => {
  it('has the weights that its configuration says, and nothing else', () => {
    const weights = backbone.initialWeights(CONFIG, 1);
    const shapes = Object.fromEntries(Object.entries(weights).map(([name, { shape }]) => [name, shape]));
    expect(shapes).toEqual(weightShapes(CONFIG));
    const count = Object.values(weights).reduce((sum, { data }) => sum + data.length, 0);
    expect(count).toBe(parameterCount(weightShapes(CONFIG)));
  });

  it('evaluates the same every time, and leaves no tensor', () => {
    const { model, parameters, dispose } = trainer('plain');
    const evaluate = () =>
      tf.tidy(() =>
        model.forward(caseOf(0.5), parameters.tensors(), { mode: 'evaluation' }).logits.dataSync(),
      );
    const first = expectNoLeak(evaluate);
    expect([...expectNoLeak(evaluate)]).toEqual([...first]);
    expect(first.every(Number.isFinite)).toBe(true);
    dispose();
  });

  it('does not care in which order patches come', () => {
    const { model, parameters, dispose } = trainer('plain');
    const [forth, back] = [false, true].map((reversed) =>
      tf.tidy(() => {
        const { genes, patches } = caseOf(0.5);
        const input = { genes, patches: reversed ? tf.reverse(patches, 0) : patches };
        return [...model.forward(input, parameters.tensors(), { mode: 'evaluation' }).logits.dataSync()];
      }),
    );
    forth!.forEach((logit, i) => expect(back![i]).toBeCloseTo(logit, 5));
    dispose();
  });

  it('a thousand training steps leave as many tensors as one, and learn', () => {
    const before = tf.memory().numTensors;
    const { step, dispose } = trainer('described');
    const losses = [step(1), step(-1)];
    const { numTensors } = tf.memory();
    for (let i = 0; i < 1000; i++) losses.push(step(i % 2 ? -1 : 1));
    expect(tf.memory().numTensors).toBe(numTensors);
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(losses.slice(-50))).toBeLessThan(0.5 * mean(losses.slice(0, 50)));
    dispose();
    expect(tf.memory().numTensors).toBe(before);
  }, 120_000);

  it.each([
    ['no tape in training', () => ({ mode: 'training' as const }), /training needs a tape/],
    [
      'a tape for another bag',
      () => ({ mode: 'training' as const, tape: drawTape(survpath(CONFIG).draws(9), 1, 0) }),
      /has shape .* its reader needs/,
    ],
  ])('%s is an error', (_name, options, words) => {
    const { model, parameters, dispose } = trainer('plain');
    expect(() => tf.tidy(() => model.forward(caseOf(0), parameters.tensors(), options()))).toThrow(words);
    dispose();
  });

  it('a missing weight is named', () => {
    const { model, dispose } = trainer('plain');
    expect(() => tf.tidy(() => model.forward(caseOf(0), {}, { mode: 'evaluation' }))).toThrow(
      /no weight named sig_networks/,
    );
    dispose();
  });
});
