import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from './shape.js';
import { withGradient } from './withGradient.js';

/**
 * Mean over the pathway rows beside mean over the patch rows.
 *
 * @param tokens [tokens, channels] float32, borrowed; the first `pathways` rows are pathways.
 * @returns [1, 2 · channels] float32, owned by the caller.
 */
export function meanByModality(tokens: tf.Tensor2D, pathways: number): tf.Tensor2D {
  const [count, channels] = requireShape(tokens, ['tokens', 'channels'], 'meanByModality(tokens)');
  const patches = count! - pathways;
  const means = withGradient<[tf.Tensor2D], tf.Tensor2D>((_save, x) => {
    const upper = tf.mean(tf.slice(x, [0, 0], [pathways, -1]), 0);
    const lower = tf.mean(tf.slice(x, [pathways, 0], [patches, -1]), 0);
    return {
      value: tf.reshape(tf.concat([upper, lower]), [1, 2 * channels!]),
      gradFunc: (dy) => {
        const [up, low] = tf.split(dy, 2, 1) as [tf.Tensor, tf.Tensor];
        return tf.concat([
          tf.tile(tf.div(up, pathways), [pathways, 1]),
          tf.tile(tf.div(low, patches), [patches, 1]),
        ]);
      },
    };
  });
  return means(tokens);
}
