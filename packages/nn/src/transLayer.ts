import * as tf from '@tensorflow/tfjs-core';
import type { ForwardPass } from './forwardPass.js';
import { plus } from './plus.js';
import { nystromAttention, nystromShapes, type NystromOptions } from './nystromAttention.js';

/** The Nyström attention of every TransLayer: 8 heads, half as many landmarks as a token is wide, dropout 0.1. */
export function transLayerAttention(width: number, keep: NystromOptions['keep'] = 'last'): NystromOptions {
  const sizes = { width, heads: 8, headWidth: Math.floor(width / 8), landmarks: Math.floor(width / 2) };
  return { ...sizes, residual: true, dropout: 0.1, keep };
}

/**
 * x + Nyström(LN(x)).
 *
 * @param pass with `<layer>.norm` and `<layer>.attn`; taps and draws are `<name>.norm`, `<name>.attention.…`, `<name>`.
 * @param tokens [tokens, width] float32, borrowed.
 * @returns [tokens, width] float32, owned by the caller.
 * @source szc19990412/TransMIL@9d6aee5, models/TransMIL.py, `TransLayer`.
 */
export function transLayer(
  pass: ForwardPass,
  layer: string,
  tokens: tf.Tensor2D,
  attention: NystromOptions,
  name = layer,
): tf.Tensor2D {
  return tf.tidy(() => {
    const normal = pass.layerNorm(`${layer}.norm`, tokens, `${name}.norm`);
    const attended = nystromAttention(pass, `${layer}.attn`, normal, attention, `${name}.attention`);
    return pass.see(name, plus(tokens, attended));
  });
}

/** Shapes of the weights of `transLayer`. */
export function transLayerShapes(
  layer: string,
  attention: NystromOptions,
): Record<string, readonly number[]> {
  const { width } = attention;
  return {
    [`${layer}.norm.weight`]: [width],
    [`${layer}.norm.bias`]: [width],
    ...nystromShapes(`${layer}.attn`, attention),
  };
}
