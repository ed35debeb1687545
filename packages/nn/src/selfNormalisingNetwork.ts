import * as tf from '@tensorflow/tfjs-core';
import type { Draw } from './draws.js';
import type { ForwardPass } from './forwardPass.js';

/** Alpha dropout of every published self-normalising block. */
const DROPOUT = 0.25;

/**
 * A self-normalising network over one vector of data: blocks x ↦ AlphaDropout(ELU(W x + b)), whose weights lie
 * under `<prefix>.<block>.0`. The field's `SNN_Block`, once for all genes; see `pathwayNetworks` for one each.
 *
 * Taps and draws are `<name>.<block>.linear`, `….elu`, `….dropout`.
 *
 * @param input [1, in] float32, borrowed; gets no gradient.
 * @returns [1, out] float32, owned by the caller's `tidy`.
 * @source mahmoodlab/SurvPath@3f73ddd, models/model_utils.py, `SNN_Block`.
 */
export function selfNormalisingNetwork(
  pass: ForwardPass,
  prefix: string,
  input: tf.Tensor2D,
  { name = 'genes', blocks = 2 } = {},
): tf.Tensor2D {
  let hidden = input;
  for (let block = 0; block < blocks; block++) {
    const [layer, tapped] = [`${prefix}.${block}.0`, `${name}.${block}.linear`];
    const values =
      block === 0 ? pass.linearOfData(layer, hidden, tapped) : pass.linear(layer, hidden, tapped);
    hidden = pass.alphaDropout(
      `${name}.${block}.dropout`,
      pass.see(`${name}.${block}.elu`, tf.elu(values)),
      DROPOUT,
    );
  }
  return hidden;
}

/** Draws of `selfNormalisingNetwork`. @param widths of the blocks' outputs. */
export function selfNormalisingDraws(widths: readonly number[], name = 'genes'): Draw[] {
  return widths.map((width, block) => ({
    name: `${name}.${block}.dropout`,
    kind: 'keep',
    shape: [1, width],
    p: DROPOUT,
  }));
}

/** Shapes of the weights of `selfNormalisingNetwork`. @param widths of the input and of the blocks' outputs. */
export function selfNormalisingShapes(
  prefix: string,
  [input, ...widths]: readonly [number, ...number[]],
): Record<string, readonly number[]> {
  const shapes = widths.map((width, block) => ({
    [`${prefix}.${block}.0.weight`]: [width, block === 0 ? input : widths[block - 1]!],
    [`${prefix}.${block}.0.bias`]: [width],
  }));
  return Object.assign({}, ...shapes) as Record<string, readonly number[]>;
}
