import { requireShape, type Tap } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import type { HistologySoftmax } from './config.js';

/**
 * MMP's attention: every token looks at every token, one head, no projection of the output. As published, the
 * scores of histology tokens for pathways are softmaxed before they meet the raw scores for histology, and
 * all of them are softmaxed again.
 *
 * @param qkv [cases, tokens, 3 channels] float32, borrowed; pathways first.
 * @param pathways number of pathway tokens.
 * @param tap sees the first case's `attention.pathwayScores` [pathways, tokens] and `attention.patchScores`
 *   [prototypes, tokens] before any softmax, and the two `…Weights` after it.
 * @returns [cases, tokens, channels] float32, owned by the caller.
 * @source mahmoodlab/MMP@5878b84, src/mil_models/components.py, MMAttention, mode `full`.
 */
export function fullAttention(
  qkv: tf.Tensor3D,
  pathways: number,
  softmax: HistologySoftmax,
  tap?: Tap,
): tf.Tensor3D {
  requireShape(qkv, ['cases', 'tokens', 'channels'], 'fullAttention(qkv)');
  return tf.tidy(() => {
    const [query, key, value] = tf.split(qkv, 3, 2) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
    const scaled = tf.mul<tf.Tensor3D>(query, query.shape[2] ** -0.5);
    const scores = tf.matMul<tf.Tensor3D>(scaled, key, false, true);
    const pathwayScores = tf.slice<tf.Rank.R3, tf.Tensor3D>(scores, [0, 0, 0], [-1, pathways, -1]);
    const patchScores = tf.slice<tf.Rank.R3, tf.Tensor3D>(scores, [0, pathways, 0], [-1, -1, -1]);
    const pathwayWeights = tf.softmax<tf.Tensor3D>(pathwayScores);
    const patchWeights = tf.softmax<tf.Tensor3D>(
      softmax === 'double' ? softened(patchScores, pathways) : patchScores,
    );
    const see = (name: string, tensor: tf.Tensor3D): void =>
      tap?.(`attention.${name}`, tf.squeeze(tf.slice(tensor, 0, 1), [0]));
    if (tap) {
      see('pathwayScores', pathwayScores);
      see('pathwayWeights', pathwayWeights);
      see('patchScores', patchScores);
      see('patchWeights', patchWeights);
    }
    return tf.matMul(tf.concat<tf.Tensor3D>([pathwayWeights, patchWeights], 1), value);
  });
}

/** Scores of histology tokens, those for pathways already softmaxed. */
function softened(scores: tf.Tensor3D, pathways: number): tf.Tensor3D {
  const forPathways = tf.softmax<tf.Tensor3D>(tf.slice(scores, [0, 0, 0], [-1, -1, pathways]));
  return tf.concat<tf.Tensor3D>(
    [forPathways, tf.slice<tf.Rank.R3, tf.Tensor3D>(scores, [0, 0, pathways], [-1, -1, -1])],
    2,
  );
}
