import { expectNoLeak } from '@concord/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { initBackend } from './backend.js';
import { freeAsUsed } from './freeAsUsed.js';
import { withGradient } from './withGradient.js';

beforeAll(() => initBackend());

const passedOn = withGradient<[tf.Tensor], tf.Tensor>((_save, x) => ({
  value: x.clone(),
  gradFunc: (dy) => dy,
}));

/** A loss in which gradients are added up, handed on as they are, split and missing. */
function loss(a: tf.Tensor, b: tf.Tensor): tf.Scalar {
  const [left] = tf.split(tf.add(passedOn(a), tf.mul(b, a)), 2);
  const right = tf.add(tf.tanh(left!), left!);
  return tf.sum(tf.concat([right, tf.relu(passedOn(a))]));
}

function gradients(leaves: tf.Tensor[], free: boolean): number[][] {
  return tf.tidy(() => {
    const forward = () => {
      const value = tf.tidy(() => loss(leaves[0]!, leaves[1]!));
      if (free) freeAsUsed();
      return value;
    };
    const { grads } = tf.engine().gradients(forward, leaves);
    return grads.map((gradient) => [...gradient.dataSync()]);
  });
}

describe('freeAsUsed', () => {
  it('changes no gradient, whoever shares it, and leaves nothing', () => {
    tf.tidy(() => {
      const leaves = [tf.tensor([0.5, -1, 2, 3]), tf.tensor([1, 2, -3, 4])];
      const free = expectNoLeak(() => gradients(leaves, true));
      expect(free).toEqual(gradients(leaves, false));
    });
  });

  it('keeps the memory of a long chain at what its forward pass holds', () => {
    const size = 2 ** 16;
    const most = (free: boolean) =>
      tf.tidy(() => {
        const x = tf.ones([size]);
        let peak = 0;
        const look = withGradient<[tf.Tensor], tf.Tensor>((_save, input) => ({
          value: input.clone(),
          gradFunc: (dy) => {
            peak = Math.max(peak, tf.memory().numBytes);
            return tf.mul(dy, 1);
          },
        }));
        const start = tf.memory().numBytes;
        const chain = () => {
          let value: tf.Tensor = x;
          for (let i = 0; i < 20; i++) value = look(tf.tanh(value));
          const total = tf.sum(value);
          if (free) freeAsUsed();
          return total;
        };
        tf.engine().gradients(() => tf.tidy(chain) as tf.Scalar, [x]);
        return (peak - start) / (4 * size);
      });
    // Twenty activations, a gradient and the next one; without it the gradients stay as well.
    expect(most(true)).toBeLessThan(24);
    expect(most(false)).toBeGreaterThan(50);
  });
});
