import { parameterCount } from '@concord/backbone';
import { initBackend, Parameters } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { backbone } from './backbone.js';
import { weightShapes } from './config.js';
import { deepMisl } from './deepmisl.js';

const CONFIG = { patchWidth: 6, width: 8, caseWidth: 4, bins: 4 };
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

describe('DeepMISL', () => {
  it('has as many parameters as the published class at its setting', () => {
    expect(parameterCount(weightShapes({ patchWidth: 1024, width: 512, caseWidth: 256, bins: 4 }))).toBe(
      657_156,
    );
  });

  it('does not care in which order patches come', () => {
    const model = deepMisl(CONFIG);
    const parameters = Parameters.from(backbone.initialWeights(CONFIG, 3));
    const [forth, back] = [
      [0, 1, 2, 3, 4],
      [4, 2, 0, 3, 1],
    ].map((order) =>
      tf.tidy(() => {
        const weights = parameters.tensors();
        return [...model.forward(caseOf(order), weights, { mode: 'evaluation' }).logits.dataSync()];
      }),
    );
    forth!.forEach((logit, i) => expect(back![i]).toBeCloseTo(logit, 5));
    parameters.dispose();
    model.dispose();
  });
});
