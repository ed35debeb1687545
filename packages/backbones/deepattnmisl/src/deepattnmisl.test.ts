import { parameterCount } from '@concord/backbone';
import { drawTape, initBackend, Parameters } from '@concord/nn';
import { expectNoLeak } from '@concord/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { backbone } from './backbone.js';
import { weightShapes } from './config.js';
import { deepAttnMisl } from './deepattnmisl.js';

const CONFIG = { patchWidth: 6, width: 8, clusters: 3 };
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
    clusters: Int32Array.of(0, 1, 1, 0, 1),
  };
}

describe('DeepAttnMISL', () => {
  it('has as many parameters as the published class at its setting', () => {
    expect(parameterCount(weightShapes({ patchWidth: 4096, width: 64, clusters: 10 }))).toBe(266_434);
  });

  it('gives a finite gradient to every weight where a cluster is empty', () => {
    expectNoLeak(() => {
      const model = deepAttnMisl(CONFIG);
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
        names.forEach((name, i) => expect(grads[i]!.dataSync().every(Number.isFinite), name).toBe(true));
      });
      tape.dispose();
      parameters.dispose();
      model.dispose();
    });
  });

  it('gives an empty cluster a weight of exactly 0', () => {
    const model = deepAttnMisl(CONFIG);
    const parameters = Parameters.from(backbone.initialWeights(CONFIG, 3));
    const seen: Record<string, number[]> = {};
    tf.tidy(() =>
      model.forward(caseOf(), parameters.tensors(), {
        mode: 'evaluation',
        tap: (name, tensor) => (seen[name] = [...tensor.dataSync()]),
      }),
    );
    const weights = seen['attention.weights']!;
    expect(weights[2]).toBe(0);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 6);
    parameters.dispose();
    model.dispose();
  });

  it.each([
    ['no clusters', {}, 'the case has no clusters'],
    ['a cluster that there is not', { clusters: Int32Array.of(0, 1, 3, 1, 0) }, 'in cluster 3 of 3'],
    ['clusters of another bag', { clusters: Int32Array.of(0, 1) }, 'clusters of 2 patches for a bag of 5'],
  ])('refuses %s', (_name, clusters, words) => {
    const model = deepAttnMisl(CONFIG);
    const parameters = Parameters.from(backbone.initialWeights(CONFIG, 3));
    const { genes, patches } = caseOf();
    const forward = () =>
      model.forward({ genes, patches, ...clusters }, parameters.tensors(), { mode: 'evaluation' });
    expect(() => tf.tidy(forward)).toThrow(words);
    parameters.dispose();
    model.dispose();
  });
});
