import { isApplicable, parameterCount } from '@concord/backbone';
import { moduleVariants } from '@concord/modules';
import { drawTape, initBackend, Parameters } from '@concord/nn';
import { expectNoLeak } from '@concord/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { backbone } from './backbone.js';
import { weightShapes } from './config.js';
import { mlpOmics } from './mlpomics.js';

const CONFIG = { genePositions: [0, 1, 2, 3, 4, 6], width: 8, bins: 4 };
const PATCHES = 5;

beforeAll(async () => {
  await initBackend();
});

/** A case whose patches may come in another order. */
function caseOf(order: readonly number[] = [0, 1, 2, 3, 4]) {
  const patches = tf.reshape(tf.sin(tf.range(0, PATCHES * 6)), [PATCHES, 6]);
  return {
    genes: tf.tensor1d([0.5, 0.1, -0.2, 0.3, 0, 0.7, 0.5, -0.5]),
    patches: tf.gather(patches, tf.tensor1d([...order], 'int32')) as tf.Tensor2D,
  };
}

describe('MLPOmics', () => {
  it('has as many parameters as the published class at its setting', () => {
    expect(
      parameterCount(
        weightShapes({ ...CONFIG, genePositions: Array.from({ length: 4999 }, (_, i) => i), width: 32 }),
      ),
    ).toBe(161_188);
  });

  it('starts with the weights that its configuration says, and nothing else', () => {
    const weights = backbone.initialWeights(CONFIG, 1);
    const shapes = Object.fromEntries(Object.entries(weights).map(([name, { shape }]) => [name, shape]));
    expect(shapes).toEqual(weightShapes(CONFIG));
  });

  it('gives a gradient to every weight, and leaves no tensor', () => {
    expectNoLeak(() => {
      const model = mlpOmics(CONFIG);
      const parameters = Parameters.from(backbone.initialWeights(CONFIG, 3));
      const tape = drawTape(model.draws(PATCHES), 1, 0);
      tf.tidy(() => {
        const { names } = parameters;
        const weights = parameters.tensors();
        const { value, grads } = tf.valueAndGrads((...values: tf.Tensor[]) => {
          const given = Object.fromEntries(names.map((name, i) => [name, values[i]!]));
          const { logits } = model.forward(caseOf(), given, { mode: 'training', tape });
          return tf.sum(tf.square(logits));
        })(names.map((name) => weights[name]!));
        expect(Number.isFinite(value.dataSync()[0])).toBe(true);
        names.forEach((name, i) => expect(grads[i]!.shape, name).toEqual(weights[name]!.shape));
      });
      tape.dispose();
      parameters.dispose();
      model.dispose();
    });
  });

  it('refuses a module, having no tokens', () => {
    const model = mlpOmics(CONFIG);
    const module = moduleVariants.sdir();
    expect(isApplicable(module, model.plugIn(PATCHES))).toBe(false);
    expect(() => model.forward(caseOf(), {}, { mode: 'evaluation', module })).toThrow(
      'this backbone has none',
    );
    model.dispose();
  });
});
