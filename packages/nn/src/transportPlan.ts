import * as tf from '@tensorflow/tfjs-core';
import { rawOps } from './native.js';
import { hasOwnOperations } from './ownOperations.js';
import { requireShape } from './shape.js';
import { notFinite, unbalancedTransport, type TransportOptions } from './unbalancedTransport.js';

/**
 * `unbalancedTransport` between two sets of tokens, whose cost is the squared distance over its largest.
 *
 * The plan is computed in float64 and a constant to the gradient; natively in one operation (native/transportPlan.cc).
 *
 * @param distances [rows, columns] float32, squared, borrowed.
 * @returns π [rows, columns] float32, owned by the caller's `tidy`.
 * @throws RangeError for distances or a plan that are not finite, as of tokens that are all equal.
 */
export function transportPlan(distances: tf.Tensor2D, options: TransportOptions): tf.Tensor2D {
  requireShape(distances, ['rows', 'columns'], 'transportPlan(distances)');
  return hasOwnOperations() ? fused(distances, options) : onHost(distances, options);
}

function fused(distances: tf.Tensor2D, options: TransportOptions): tf.Tensor2D {
  const { reg, regM, kernel } = options;
  const numbers = tf.tensor1d([...inTwo(reg), ...inTwo(regM), kernel === 'kl' ? 1 : 0]);
  const [plan, iterations] = rawOps('ConcordTransportPlan', [], [distances, numbers], 2);
  if (Number.isNaN(iterations!.dataSync()[0])) throw notFinite(distances.shape, options);
  return plan as tf.Tensor2D;
}

function onHost(distances: tf.Tensor2D, options: TransportOptions): tf.Tensor2D {
  const values = Float64Array.from(distances.dataSync());
  const largest = values.reduce((most, value) => Math.max(most, value), 0);
  const cost = values.map((value) => value / largest);
  const { plan } = unbalancedTransport(cost, distances.shape, options);
  return tf.tensor2d(Float32Array.from(plan), distances.shape);
}

/** A number as float32, and what that lacks: attributes and tensors have no more. */
function inTwo(value: number): [number, number] {
  const near = Math.fround(value);
  return [near, value - near];
}
