import { parameterCount } from '@concord/backbone';
import { drawTape, initBackend, Parameters, type Draw } from '@concord/nn';
import { moduleVariants } from '@concord/modules';
import { expectNoLeak } from '@concord/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { backbone, BLCA_GROUPS, configure } from './backbone.js';
import { weightShapes } from './config.js';
import { mcat } from './mcat.js';

const CONFIG = { pathwaySizes: [3, 1, 4], patchWidth: 6, width: 16, hidden: 12, bins: 4 };
const PATCHES = 5;

const published = configure({
  pathways: BLCA_GROUPS.map((size) => Array.from({ length: size }, (_, i) => i)),
  patchWidth: 1024,
  bins: 4,
});

beforeAll(async () => {
  await initBackend();
});

function input() {
  return {
    genes: tf.tensor1d([0.3, 0.1, -0.2, 0.3, 0, 0.7, 0.5, -0.5]),
    patches: tf.reshape<tf.Rank.R2>(tf.linspace(-1, 1, PATCHES * 6), [PATCHES, 6]),
  };
}

describe('MCAT', () => {
  it('has as many parameters as the published class', () => {
    expect(parameterCount(weightShapes(published))).toBe(4_491_782);
  });

  it('starts each second encoder layer as a copy of the first, and no two other weights alike', () => {
    const weights = backbone.initialWeights(CONFIG, 1);
    const second = Object.keys(weights).filter((name) => name.includes('_transformer.layers.1.'));
    expect(second).toHaveLength(24);
    for (const name of second) {
      expect(weights[name]).toEqual(weights[name.replace('layers.1.', 'layers.0.')]);
    }
    expect(weights['path_transformer.layers.0.linear1.weight']!.data).not.toEqual(
      weights['omic_transformer.layers.0.linear1.weight']!.data,
    );
  });

  it('starts attention as torch does', () => {
    const weights = backbone.initialWeights(published, 1);
    const bound = Math.sqrt(6 / (256 + 768));
    const projection = weights['coattn.in_proj_weight']!.data;
    const largest = projection.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largest).toBeLessThanOrEqual(bound);
    expect(largest).toBeGreaterThan(0.99 * bound);
    for (const name of ['coattn.in_proj_bias', 'coattn.out_proj.bias']) {
      expect(weights[name]!.data.every((value) => value === 0)).toBe(true);
    }
    expect(weights['coattn.out_proj.weight']!.data.some((value) => value !== 0)).toBe(true);
  });

  it('evaluates the same every time and in every order of patches, and leaves no tensor', () => {
    const model = mcat(CONFIG);
    const parameters = Parameters.from(backbone.initialWeights(CONFIG, 3));
    const evaluate = (reversed = false) =>
      tf.tidy(() => {
        const { genes, patches } = input();
        const given = { genes, patches: reversed ? tf.reverse(patches, 0) : patches };
        return [...model.forward(given, parameters.tensors(), { mode: 'evaluation' }).logits.dataSync()];
      });
    const first = expectNoLeak(() => evaluate());
    expect(evaluate()).toEqual(first);
    evaluate(true).forEach((logit, i) => expect(logit).toBeCloseTo(first[i]!, 5));
    parameters.dispose();
    model.dispose();
  });

  it('trains with a module plugged in, leaves no tensor, and reads every draw that it declares', () => {
    const model = mcat(CONFIG);
    const module = moduleVariants.described();
    const parameters = Parameters.from(backbone.initialWeights(CONFIG, 3));
    const draws: Draw[] = [...model.draws(PATCHES), ...module.draws({ ...SIZES, strong: PATCHES })];
    const read = new Set<string>();
    expectNoLeak(() => {
      const tape = drawTape(draws, 1, 0);
      const seen: typeof tape.read = (name, shape) => {
        read.add(name);
        return tape.read(name, shape);
      };
      const reader = { read: seen, values: tape.values.bind(tape), decide: tape.decide.bind(tape) };
      tf.tidy(() => {
        const weights = parameters.tensors();
        const names = parameters.names;
        const loss = () =>
          tf.sum(
            model.forward(input(), weights, { mode: 'training', tape: reader, module }).logits,
          ) as tf.Scalar;
        const { grads } = tf.engine().gradients(
          loss,
          names.map((name) => weights[name]!),
          undefined,
          true,
        );
        grads.forEach((gradient, i) => {
          expect(gradient, names[i]).toBeDefined();
          expect(gradient!.dataSync().every(Number.isFinite)).toBe(true);
        });
      });
      tape.dispose();
    });
    for (const { name } of model.draws(PATCHES)) expect(read, name).toContain(name);
    parameters.dispose();
    model.dispose();
  });

  it('a width that 8 heads do not divide is refused', () => {
    expect(() => weightShapes({ ...CONFIG, width: 12 })).toThrow('width 12 is not divisible by 8');
  });
});

const SIZES = { weak: CONFIG.pathwaySizes.length, width: CONFIG.width };
