import { parameterCount } from '@concord/backbone';
import { initBackend } from '@concord/nn';
import { expectClose, expectNoLeak } from '@concord/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { backbone } from './backbone.js';
import { transportedPatches } from './transportedPatches.js';

const OPTIONS = { reg: 0.1, regM: 0.5, kernel: 'entropy' } as const;

beforeAll(async () => {
  await initBackend();
});

describe('MOTCat', () => {
  it('has as many parameters as the published class', () => {
    const pathways = backbone.published!.pathwaySizes!.map((size) =>
      Array.from({ length: size }, (_, i) => i),
    );
    const config = backbone.configure({ pathways, patchWidth: 1024, bins: 4 });
    expect(parameterCount(backbone.weightShapes(config))).toBe(4_228_614);
  });
});

describe('transported patches', () => {
  it('give each gene token most of the patches that lie near it', () => {
    tf.tidy(() => {
      const patches = tf.tensor2d([
        [0, 0, 4],
        [0, 4, 0],
        [1, 1, 5],
      ]);
      const genes = tf.tensor2d([
        [0, 4, 0],
        [0, 0, 4],
      ]);
      let plan: number[] = [];
      transportedPatches(patches, genes, OPTIONS, (name, tensor) => {
        if (name === 'transport.distances') expectClose(name, tensor.dataSync(), [32, 0, 0, 32, 32, 0], 4);
        if (name === 'transport.plan') plan = [...tensor.dataSync()];
      });
      // A token counted from its smallest channel: the third patch is the first, one higher.
      expect(plan[0]).toBeCloseTo(plan[4]!, 6);
      expect(plan[1]).toBeGreaterThan(100 * plan[0]!);
      expect(plan[2]).toBeGreaterThan(100 * plan[3]!);
    });
  });

  it('are πᵀ X, with a gradient for X only, and leave no tensor', () => {
    expectNoLeak(() =>
      tf.tidy(() => {
        const patches = tf.randomNormal<tf.Rank.R2>([7, 4], 0, 1, 'float32', 3);
        const genes = tf.randomNormal<tf.Rank.R2>([3, 4], 0, 1, 'float32', 4);
        const plans: tf.Tensor[] = [];
        const keep = (name: string, tensor: tf.Tensor) => {
          if (name === 'transport.plan') plans.push(tf.keep(tf.clone(tensor)));
        };
        const run = (x: tf.Tensor2D, g: tf.Tensor2D) => tf.sum(transportedPatches(x, g, OPTIONS, keep));
        const out = transportedPatches(patches, genes, OPTIONS, keep);
        const plan = plans[0] as tf.Tensor2D;
        expectClose('out', out.dataSync(), tf.matMul(plan, patches, true, false).dataSync(), 4);
        const { grads } = tf
          .engine()
          .gradients(() => run(patches, genes) as tf.Scalar, [patches, genes], undefined, true);
        const mass = tf.tile(tf.sum(plan, 1, true), [1, 4]);
        expectClose('gradient', grads[0]!.dataSync(), mass.dataSync(), 4);
        expect(grads[1]).toBeFalsy();
        tf.dispose(plans);
      }),
    );
  });

  it('tokens that are all equal are refused', () => {
    expect(() => tf.tidy(() => transportedPatches(tf.ones([3, 2]), tf.ones([2, 2]), OPTIONS))).toThrow(
      'a plan of 3 × 2 with reg 0.1 is not finite',
    );
  });
});
