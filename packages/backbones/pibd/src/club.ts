import type { ForwardPass, TapeReader } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import { decidedRelu } from './decidedRelu.js';

/**
 * CLUB with unit variance: an upper bound of the mutual information of x and y over the cases of a batch, and the
 * loss that fits its network m(x) to y. With ȳ the batch's mean, the published difference of squares
 * ½ mean_ij |y_j − m_i|² − ½ mean_i |y_i − m_i|² is mean_i m_i · (y_i − ȳ).
 *
 * @param x [cases, bags, in], @param y [cases, bags, width] float32, borrowed.
 * @param tape on which the openings of its hidden units are written down.
 * @returns bound and fit, means over bags, scalars owned by the caller.
 * @source arXiv 2006.12013; zylbuaa/PIBD@bd5bd94, models/club.py, `CLUBMean`.
 */
export function club(
  pass: ForwardPass,
  layer: string,
  x: tf.Tensor3D,
  y: tf.Tensor3D,
  tape?: TapeReader,
): { bound: tf.Scalar; fit: tf.Scalar } {
  const [cases, bags, width] = y.shape;
  const rows = tf.reshape(x, [cases * bags, x.shape[2]]) as tf.Tensor2D;
  const first = `${layer}.p_mu.0`;
  const hidden = decidedRelu(pass, tape, first, pass.linear(first, rows));
  const predicted = tf.reshape(pass.linear(`${layer}.p_mu.2`, hidden), [cases, bags, width]);
  const apart = tf.sub(y, tf.mean(y, 0, true));
  const share = 1 / (cases * bags);
  return {
    bound: tf.mul(tf.sum(tf.mul(predicted, apart)), share),
    fit: tf.mul(tf.sum(tf.squaredDifference(predicted, y)), share),
  };
}
