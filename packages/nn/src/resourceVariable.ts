import * as tf from '@tensorflow/tfjs-core';
import { attribute, rawEffect, rawOp } from './native.js';
import { hasOwnOperations } from './ownOperations.js';

let created = 0;

/**
 * A TensorFlow resource variable: updated in place by fused operations. Native backend only.
 *
 * A read is an operation, and a step reads every weight and both its moments. Where our own optimiser updates the very
 * buffer that was read, one read serves them all.
 */
export class ResourceVariable {
  readonly shape: readonly number[];
  private readonly resource: tf.Tensor;
  /** Shares the variable's buffer. */
  private shared: tf.Tensor | undefined;

  /** Takes over `initial`. */
  constructor(initial: tf.Tensor) {
    this.shape = initial.shape;
    const attributes = [
      attribute.text('container', ''),
      attribute.text('shared_name', `concord-${created++}`),
      attribute.float32('dtype'),
      attribute.shape('shape', this.shape),
    ];
    this.resource = tf.keep(rawOp('VarHandleOp', attributes, []));
    this.assign(initial);
  }

  /** What TensorFlow's fused operations take; they copy a buffer that anybody else holds, and replace it. */
  get handle(): tf.Tensor {
    this.forget();
    return this.resource;
  }

  read(): tf.Tensor {
    if (!hasOwnOperations()) return this.readAnew();
    this.shared ??= tf.keep(this.readAnew());
    return this.shared.clone();
  }

  assign(value: tf.Tensor): void {
    rawEffect('AssignVariableOp', [attribute.float32('dtype')], [this.handle, value]);
    value.dispose();
    // At once, so that a variable counts as many tensors before its first use as after.
    if (hasOwnOperations()) this.shared = tf.keep(this.readAnew());
  }

  dispose(): void {
    rawEffect('DestroyResourceOp', [attribute.bool('ignore_lookup_error', true)], [this.handle]);
    this.resource.dispose();
  }

  private readAnew(): tf.Tensor {
    return rawOp('ReadVariableOp', [attribute.float32('dtype')], [this.resource]);
  }

  private forget(): void {
    this.shared?.dispose();
    this.shared = undefined;
  }
}
