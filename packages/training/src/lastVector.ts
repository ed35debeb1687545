import type { Tap } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';

/** The last vector [1, width] that a forward pass taps before its logits: what its head reads. */
export class LastVector {
  private kept: tf.Tensor | undefined;

  readonly tap: Tap = (name, tensor) => {
    if (name === 'logits' || tensor.rank !== 2 || tensor.shape[0] !== 1) return;
    this.kept?.dispose();
    // Its maker's `tidy` frees the tensor itself.
    this.kept = tf.keep(tensor.clone());
  };

  /** On the host; nothing is kept after it. */
  take(): number[] | undefined {
    const found = this.kept && Array.from(this.kept.dataSync());
    this.kept?.dispose();
    this.kept = undefined;
    return found;
  }
}
