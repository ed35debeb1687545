import { withGradient } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import type { TokenStatistics } from './tokenStatistics.js';

/**
 * Give each token other statistics: f ← (f − μ) / σ · σ' + μ'. All four are constants to the gradient, so
 * going back is one product with σ'/σ.
 *
 * @param tokens [batch, tokens, width], borrowed.
 * @returns same shape, owned by the caller; one token meets many partners where only `target` has many.
 */
export function restyle(tokens: tf.Tensor3D, own: TokenStatistics, target: TokenStatistics): tf.Tensor3D {
  const shift = withGradient<[tf.Tensor3D], tf.Tensor3D>((save, x) => {
    save([tf.div(target.deviation, own.deviation)]);
    const standard = tf.div(tf.sub(x, own.mean), own.deviation);
    return {
      value: tf.add(tf.mul(standard, target.deviation), target.mean),
      gradFunc: (dy, [scale]) => {
        const back = tf.mul(dy, scale!);
        return back.shape[1] === x.shape[1] ? back : tf.sum(back, 1, true);
      },
    };
  });
  return shift(tokens);
}
