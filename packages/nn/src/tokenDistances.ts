import * as tf from '@tensorflow/tfjs-core';
import { matrixProduct } from './matrixProduct.js';
import { rawOp } from './native.js';
import { hasOwnOperations } from './ownOperations.js';
import { requireShape } from './shape.js';

/**
 * ‖ã − b̃‖² of every pair, each token counted from its smallest channel; no gradient. Natively it is one operation
 * (native/tokenDistances.cc).
 *
 * @param far [rows, channels], @param near [columns, channels] float32, borrowed.
 * @returns [rows, columns] float32, owned by the caller's `tidy`.
 * @throws ShapeError if their widths differ.
 */
export function tokenDistances(far: tf.Tensor2D, near: tf.Tensor2D): tf.Tensor2D {
  const [, channels] = requireShape(far, ['rows', 'channels'], 'tokenDistances(far)');
  requireShape(near, ['columns', channels!], 'tokenDistances(near)');
  if (hasOwnOperations()) return rawOp('ConcordTokenDistances', [], [far, near]) as tf.Tensor2D;
  return tf.tidy(() => composed(fromSmallest(far), fromSmallest(near)));
}

function fromSmallest(tokens: tf.Tensor2D): tf.Tensor2D {
  return tf.sub(tokens, tf.min(tokens, 1, true));
}

/**
 * Few products instead of a difference for every pair, as torch.cdist does for many rows. Both are counted from the
 * mean of b, which leaves less to cancel.
 */
function composed(far: tf.Tensor2D, near: tf.Tensor2D): tf.Tensor2D {
  const centre = tf.mean(near, 0, true);
  const [a, b] = [tf.sub<tf.Tensor2D>(far, centre), tf.sub<tf.Tensor2D>(near, centre)];
  const norms = (x: tf.Tensor2D) => tf.sum<tf.Tensor2D>(tf.square(x), 1, true);
  const cross = matrixProduct(a, b, false, true);
  return tf.relu(tf.add<tf.Tensor2D>(tf.sub(norms(a), tf.mul(cross, 2)), tf.transpose(norms(b))));
}
