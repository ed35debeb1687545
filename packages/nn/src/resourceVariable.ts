import * as tf from '@tensorflow/tfjs-core';
import { attribute, rawEffect, rawOp } from './native.js';

let created = 0;

/** A TensorFlow resource variable: updated in place by fused operations. Native backend only. */
export class ResourceVariable {
  readonly shape: readonly number[];
  /** The handle that fused operations take. */
  readonly handle: tf.Tensor;

  /** Takes over `initial`. */
  constructor(initial: tf.Tensor) {
    this.shape = initial.shape;
    const attributes = [
      attribute.text('container', ''),
      attribute.text('shared_name', `concord-${created++}`),
      attribute.float32('dtype'),
      attribute.shape('shape', this.shape),
    ];
    this.handle = tf.keep(rawOp('VarHandleOp', attributes, []));
    this.assign(initial);
  }

  read(): tf.Tensor {
    return rawOp('ReadVariableOp', [attribute.float32('dtype')], [this.handle]);
  }

  assign(value: tf.Tensor): void {
    rawEffect('AssignVariableOp', [attribute.float32('dtype')], [this.handle, value]);
    value.dispose();
  }

  dispose(): void {
    rawEffect('DestroyResourceOp', [attribute.bool('ignore_lookup_error', true)], [this.handle]);
    this.handle.dispose();
  }
}
