import * as tf from '@tensorflow/tfjs-core';

/**
 * Let the backward pass free what each operation had saved for it, and the gradient at its output, once the
 * operation has been passed. tfjs holds all of them until the end: activations and their gradients together.
 *
 * Call it last in the function whose gradients are taken, and take them of leaves, not of what it computes.
 */
export function freeAsUsed(): void {
  let used: tf.Tensor[] = [];
  for (const node of tf.engine().state.activeTape) {
    const { gradient, saved = [] } = node;
    if (!gradient) continue;
    node.gradient = (upstream) => {
      tf.dispose(used);
      // An output off the path has null for a gradient.
      used = [...saved, ...upstream.filter(Boolean)];
      const held = new Set(used);
      return Object.fromEntries(
        Object.entries(gradient(upstream)).map(([input, take]) => {
          // What an operation hands on as it is has to outlive it.
          const taken = () => {
            const found = take();
            return held.has(found) ? found.clone() : found;
          };
          return [input, taken];
        }),
      );
    };
  }
}
