import {
  denseGradient,
  initBackend,
  Parameters,
  linear,
  pathwayHiddenLayer,
  type Gradient,
  type OuterProduct,
} from '@concord/nn';
import { expectNoLeak } from '@concord/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BackboneModel, ForwardOptions } from './backbone.js';
import { lossGradients } from './lossGradients.js';
import { SURVPATH_PROTOCOL, type Protocol } from './protocol.js';

const SHAPES = {
  first: [2, 3],
  hidden: [2, 4, 3],
  bias: [2, 4],
  again: [4, 4],
  last: [4, 4],
  shift: [4],
  unused: [2],
};

/** Two pathways through one hidden layer, summed to one row; through a layer twice, and through another to logits. */
const model: BackboneModel = {
  draws: () => [],
  plugIn: () => ({ width: 0 }),
  forward: (_input, weights, { takeFactors }: ForwardOptions) => {
    const takeHidden = takeFactors && ((factors: OuterProduct) => takeFactors('hidden', factors));
    const hidden = pathwayHiddenLayer(
      tf.square(weights['first']! as tf.Tensor2D),
      weights['hidden'] as tf.Tensor3D,
      weights['bias'] as tf.Tensor2D,
      takeHidden,
    );
    const layer = (row: tf.Tensor2D, name: 'again' | 'last') =>
      linear(
        row,
        weights[name] as tf.Tensor2D,
        weights['shift'] as tf.Tensor1D,
        takeFactors && ((factors) => takeFactors(name, factors)),
      );
    const row = tf.sum<tf.Tensor2D>(tf.tanh(hidden), 0, true);
    return { logits: layer(layer(layer(row, 'again'), 'again'), 'last') };
  },
  dispose: () => undefined,
};

const label = { bin: 1, censored: 0, months: 3 } as const;

function parameters(): Parameters {
  const entries = Object.entries(SHAPES).map(([name, shape], i) => {
    const size = shape.reduce((product, n) => product * n, 1);
    return [
      name,
      { shape, data: Float32Array.from({ length: size }, (_, k) => Math.sin(1 + i + k)) },
    ] as const;
  });
  return Parameters.from(Object.fromEntries(entries));
}

function take(protocol: Protocol, factors: boolean, cases = 1): Record<string, Gradient> {
  const trained = parameters();
  const { gradients } = tf.tidy(() => {
    const input = { genes: tf.zeros<tf.Rank.R1>([1]), patches: tf.zeros<tf.Rank.R2>([1, 1]), label };
    const passes = Array.from({ length: cases }, () => ({ input }));
    const { loss, gradients } = lossGradients(model, passes, trained, {}, protocol, { factors });
    loss.dispose();
    return { gradients };
  });
  trained.dispose();
  return gradients;
}

beforeAll(() => initBackend());

describe('lossGradients', () => {
  it('gives factors that multiply to the gradient, and zeros where the loss does not look', () => {
    expectNoLeak(() => {
      const [dense, factored] = [take(SURVPATH_PROTOCOL, false), take(SURVPATH_PROTOCOL, true)];
      expect(factored['hidden']).toHaveProperty('left');
      expect(factored['last']).toHaveProperty('single');
      // Used twice, it is a sum of two products.
      expect((factored['again'] as tf.Tensor).shape).toEqual(SHAPES.again);
      for (const name of Object.keys(SHAPES)) {
        // A product of matrices adds to 0, which makes 0 of −0.
        const values = (gradient: Gradient) =>
          tf.tidy(() => [...denseGradient(gradient).dataSync()].map((value) => value + 0));
        expect(values(factored[name]!), name).toEqual(values(dense[name]!));
      }
      expect((dense['unused'] as tf.Tensor).dataSync()).toEqual(new Float32Array(2));
      tf.dispose([dense, factored]);
    });
  });

  it.each([
    ['a batch of two', SURVPATH_PROTOCOL, 2],
    ['accumulated gradients', { ...SURVPATH_PROTOCOL, accumulate: 2 }, 1],
    ['an L1 penalty', { ...SURVPATH_PROTOCOL, l1: { lambda: 0.1, prefixes: ['hidden'] } }, 1],
  ])('forms the gradient for %s', (_, protocol, cases) => {
    expectNoLeak(() => {
      const gradients = take(protocol, true, cases);
      expect((gradients['hidden'] as tf.Tensor).shape).toEqual(SHAPES.hidden);
      tf.dispose(gradients);
    });
  });
});
