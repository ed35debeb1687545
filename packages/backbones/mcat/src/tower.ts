import {
  encoderLayer,
  encoderLayerDraws,
  gatedAttentionDraws,
  gatedAttentionPooling,
  relu,
  type Draw,
  type ForwardPass,
} from '@concord/nn';
import type * as tf from '@tensorflow/tfjs-core';
import { LAYERS, type McatConfig, type Tower } from './config.js';

const DROPOUT = 0.25;

/**
 * One vector of a modality's tokens: two encoder layers, gated attention pooling, Drop(ReLU(W x + b)).
 *
 * Weights lie under `<tower>_transformer.layers.#`, `<tower>_attention_head`, `<tower>_rho.0`; taps and draws
 * under `<tower>.#`, `<tower>.attention`, `<tower>.rho`.
 *
 * @param tokens [tokens, width] float32, borrowed.
 * @returns [1, width] float32, owned by the caller's `tidy`.
 */
export function summarise(pass: ForwardPass, tower: Tower, tokens: tf.Tensor2D): tf.Tensor2D {
  const encoded = LAYERS.reduce(
    (x, i) => encoderLayer(pass, `${tower}_transformer.layers.${i}`, x, `${tower}.${i}`),
    tokens,
  ); // [tokens, width]
  const head = `${tower}_attention_head`;
  const pooled = gatedAttentionPooling(pass, head, encoded, { name: `${tower}.attention` }); // [1, width]
  const rho = relu(pass.linear(`${tower}_rho.0`, pooled, `${tower}.rho`));
  return pass.dropout(`${tower}.rho.dropout`, rho, DROPOUT);
}

/** Draws of `summarise` in one training step, in the order of the published class. */
export function summariseDraws(tower: Tower, tokens: number, { width, hidden }: McatConfig): Draw[] {
  return [
    ...LAYERS.flatMap((i) => encoderLayerDraws(`${tower}.${i}`, tokens, width, hidden)),
    ...gatedAttentionDraws(tokens, width, { name: `${tower}.attention` }),
    { name: `${tower}.rho.dropout`, kind: 'keep', shape: [1, width], p: DROPOUT },
  ];
}
