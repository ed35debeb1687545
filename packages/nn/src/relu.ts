import * as tf from '@tensorflow/tfjs-core';
import { isNative } from './backend.js';
import { attribute, rawOp } from './native.js';
import { withGradient } from './withGradient.js';

/**
 * max(x, 0), as `torch.relu`: the gradient at 0 is 0. Its gradient is one TensorFlow operation, where tfjs's own
 * takes six.
 *
 * @param input any shape, float32, borrowed.
 * @returns same shape, owned by the caller.
 */
export function relu<T extends tf.Tensor>(input: T): T {
  return rectify(input) as T;
}

const rectify = withGradient((save, x: tf.Tensor) => {
  const value = tf.relu(x);
  save([value]);
  return {
    value,
    gradFunc: (dy: tf.Tensor, [rectified]: tf.Tensor[]) =>
      isNative()
        ? rawOp('ReluGrad', [attribute.float32()], [dy, rectified!])
        : tf.mul(dy, tf.cast(tf.greater(rectified!, 0), 'float32')),
  };
});
