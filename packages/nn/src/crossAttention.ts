import * as tf from '@tensorflow/tfjs-core';
import { matrixProduct } from './matrixProduct.js';
import { requireShape, ShapeError } from './shape.js';
import type { Tap } from './tap.js';
import { withGradient } from './withGradient.js';

/**
 * SurvPath's attention: pathway tokens attend to all tokens, patch tokens to the pathway tokens only, so
 * that the quadratic patch-to-patch block is never computed. One head; no projection of the output.
 *
 * Its gradient is written out: the score matrices are read twice back instead of six times.
 *
 * @param query, @param key, @param value [tokens, channels] float32, borrowed; pathways first; the query
 *   already scaled by channels^−½.
 * @param pathways number of pathway tokens, at least 1.
 * @param tap sees `attention.pathwayScores` [pathways, tokens] and `attention.patchScores` [patches,
 *   pathways] before the softmax, and the two `…Weights` after it.
 * @returns [tokens, channels] float32, owned by the caller.
 * @throws ShapeError if the three differ in shape or there are not more tokens than pathways.
 * @source mahmoodlab/SurvPath@3f73ddd, models/layers/cross_attention.py, MMAttention.
 */
export function crossAttention(
  query: tf.Tensor2D,
  key: tf.Tensor2D,
  value: tf.Tensor2D,
  pathways: number,
  tap?: Tap,
): tf.Tensor2D {
  const [tokens, channels] = requireShape(query, ['tokens', 'channels'], 'crossAttention(query)');
  requireShape(key, [tokens!, channels!], 'crossAttention(key)');
  requireShape(value, [tokens!, channels!], 'crossAttention(value)');
  if (pathways < 1 || pathways >= tokens!) {
    throw new ShapeError(
      `crossAttention: ${pathways} pathway tokens among ${tokens} tokens; need both kinds`,
    );
  }
  return attend(pathways, tap)(query, key, value);
}

function attend(pathways: number, tap: Tap | undefined) {
  const upper = (x: tf.Tensor2D) => tf.slice(x, [0, 0], [pathways, -1]);
  const lower = (x: tf.Tensor2D) => tf.slice(x, [pathways, 0], [-1, -1]);
  return withGradient<[tf.Tensor2D, tf.Tensor2D, tf.Tensor2D], tf.Tensor2D>((save, q, k, v) => {
    const pathwayScores = matrixProduct(upper(q), k, false, true);
    const pathwayWeights = tf.softmax(pathwayScores);
    const patchScores = matrixProduct(lower(q), upper(k), false, true);
    const patchWeights = tf.softmax(patchScores);
    const toPathways = matrixProduct(pathwayWeights, v);
    const toPatches = matrixProduct(patchWeights, upper(v));
    tap?.('attention.pathwayScores', pathwayScores);
    tap?.('attention.pathwayWeights', pathwayWeights);
    tap?.('attention.patchScores', patchScores);
    tap?.('attention.patchWeights', patchWeights);
    save([q, k, v, pathwayWeights, patchWeights, toPathways, toPatches]);
    return {
      value: tf.concat<tf.Tensor2D>([toPathways, toPatches]),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [qs, ks, vs, onAll, onPathways, outAll, outPathways] = saved as tf.Tensor2D[];
        const dAll = upper(dy as tf.Tensor2D);
        const dPathways = lower(dy as tf.Tensor2D);
        const dPathwayScores = softmaxBack(onAll!, matrixProduct(dAll, vs!, false, true), dAll, outAll!);
        const dq = matrixProduct(dPathwayScores, ks!);
        const dk = matrixProduct(dPathwayScores, upper(qs!), true, false);
        const dv = addUpper(
          matrixProduct(onAll!, dAll, true, false),
          matrixProduct(onPathways!, dPathways, true, false),
        );
        // The softmax over a single key is 1 whatever its score: no gradient, rather than what rounding leaves of it.
        if (pathways === 1)
          return [
            tf.pad(dq, [
              [0, qs!.shape[0] - 1],
              [0, 0],
            ]),
            dk,
            dv,
          ];
        const dPatchScores = softmaxBack(
          onPathways!,
          matrixProduct(dPathways, upper(vs!), false, true),
          dPathways,
          outPathways!,
        );
        return [
          tf.concat<tf.Tensor2D>([dq, matrixProduct(dPatchScores, upper(ks!))]),
          addUpper(dk, matrixProduct(dPatchScores, lower(qs!), true, false)),
          dv,
        ];
      },
    };
  });

  /** Add `top` [pathways, channels] to the pathway rows of `all` [tokens, channels]. */
  function addUpper(all: tf.Tensor2D, top: tf.Tensor2D): tf.Tensor2D {
    return tf.concat<tf.Tensor2D>([tf.add<tf.Tensor2D>(upper(all), top), lower(all)]);
  }
}

/** Gradient at the scores; Σⱼ aᵢⱼ daᵢⱼ is taken as dyᵢ·outᵢ, which spares a pass over the score matrix. */
function softmaxBack(
  weights: tf.Tensor2D,
  dWeights: tf.Tensor2D,
  dOut: tf.Tensor2D,
  out: tf.Tensor2D,
): tf.Tensor2D {
  return tf.mul(weights, tf.sub(dWeights, tf.sum(tf.mul(dOut, out), 1, true)));
}
