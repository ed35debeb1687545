import { isApplicable, parameterCount } from '@concord/backbone';
import { moduleVariants } from '@concord/modules';
import { drawTape, initBackend, Parameters } from '@concord/nn';
import { expectNoLeak } from '@concord/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { backbone } from './backbone.js';
import { porpoise } from './porpoise.js';

const SHAPE = { pathways: [[0, 2], [2, 1, 3], [0]], patchWidth: 6, bins: 4 };
const CONFIG = { ...backbone.configure(SHAPE), tokenWidth: 10, width: 16 };
const PATCHES = 5;

beforeAll(async () => {
  await initBackend();
});

/** Expression 1, 2, 3, 4 of four genes, packed as the pathways hold them, gene 2 and gene 0 twice. */
function input(second = 3) {
  return {
    genes: tf.tensor1d([1, 3, second, 2, 4, 1]),
    patches: tf.reshape<tf.Rank.R2>(tf.linspace(-1, 1, PATCHES * 6), [PATCHES, 6]),
  };
}

describe('PORPOISE', () => {
  it.each([
    ['defaults', {}, 1_940_677],
    ['skip and gates', { gated: true, skip: true }, 2_071_749],
  ])('has as many parameters as the published class: %s', (_name, parts, count) => {
    const genes = Array.from({ length: 2181 }, (_, i) => i);
    const config = { ...backbone.configure({ pathways: [genes], patchWidth: 1024, bins: 4 }), ...parts };
    expect(parameterCount(backbone.weightShapes(config))).toBe(count);
  });

  it('reads each gene once, where it first stands', () => {
    const model = porpoise(CONFIG);
    const parameters = Parameters.from(backbone.initialWeights(CONFIG, 3));
    const evaluate = (second?: number) =>
      tf.tidy(() => [
        ...model.forward(input(second), parameters.tensors(), { mode: 'evaluation' }).logits.dataSync(),
      ]);
    expect(CONFIG.genes).toEqual([0, 3, 1, 4]);
    const first = expectNoLeak(() => evaluate());
    expect(evaluate(-7)).toEqual(first);
    parameters.dispose();
    model.dispose();
  });

  it('trains without a leak, the shut gates alone without a gradient of the likelihood', () => {
    const model = porpoise(CONFIG);
    const parameters = Parameters.from(backbone.initialWeights(CONFIG, 3));
    const { names } = parameters;
    expectNoLeak(() => {
      const tape = drawTape(model.draws(PATCHES), 1, 0);
      tf.tidy(() => {
        const weights = parameters.tensors();
        const { grads } = tf.engine().gradients(
          () => tf.sum(model.forward(input(), weights, { mode: 'training', tape }).logits) as tf.Scalar,
          names.map((name) => weights[name]!),
          undefined,
          true,
        );
        const without = names.filter((_, i) => !grads[i]);
        expect(without).toEqual(
          [1, 2].flatMap((i) => [`mm.linear_z${i}.0.weight`, `mm.linear_z${i}.0.bias`]),
        );
      });
      tape.dispose();
    });
    parameters.dispose();
    model.dispose();
  });

  it('takes every module that needs neither tokens of one width nor their spread', () => {
    const model = porpoise(CONFIG);
    const refused = Object.entries(moduleVariants)
      .filter(([, make]) => !isApplicable(make(), model.plugIn(PATCHES)))
      .map(([name]) => name);
    model.dispose();
    expect(refused).toEqual(['cade-quantile', 'extended', 'dsu']);
  });
});
