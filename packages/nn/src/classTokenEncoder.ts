import * as tf from '@tensorflow/tfjs-core';
import type { Draw } from './draws.js';
import type { ForwardPass } from './forwardPass.js';
import { nystromDraws, type NystromOptions } from './nystromAttention.js';
import { padToSquare, squareOf } from './padToSquare.js';
import { ppeg, ppegShapes } from './ppeg.js';
import { transLayer, transLayerShapes } from './transLayer.js';

/** What fixes a class-token encoder. */
export interface EncoderOptions {
  readonly attention: NystromOptions;
  /** Whether tokens make a square, whose positions are encoded between the layers. */
  readonly square: boolean;
}

/** A bag of tokens encoded. */
export interface EncodedTokens {
  /** [1, width] the class token. */
  readonly token: tf.Tensor2D;
  /** [tokens, width], those that fill the square among them. */
  readonly tokens: tf.Tensor2D;
}

/**
 * TransMIL's encoder: a class token in front of the tokens, two TransLayers, and a LayerNorm. With `square` the
 * tokens are filled up to a square by the first ones, and their positions are encoded (PPEG) between the layers.
 *
 * Taps and draws are `<name>.layer1.…`, `<name>.position`, `<name>.layer2.…`, `<name>.norm`.
 *
 * @param pass with `<prefix>cls_token` [1, 1, width], `<prefix>layer1`, `<prefix>pos_layer`, `<prefix>layer2`,
 *   `<prefix>norm`.
 * @param tokens [tokens, width] float32, borrowed; at least one.
 * @returns both owned by the caller.
 * @source szc19990412/TransMIL@9d6aee5, models/TransMIL.py; FT-ZHOU-ZZZ/CMTA@31340f6, models/cmta/network.py,
 *   `Transformer_P` and, without the square, `Transformer_G`.
 */
export function classTokenEncoder(
  pass: ForwardPass,
  prefix: string,
  tokens: tf.Tensor2D,
  { attention, square }: EncoderOptions,
  name: string,
): EncodedTokens {
  return tf.tidy(() => {
    const own = tf.reshape<tf.Rank.R2>(pass.weight(`${prefix}cls_token`), [1, attention.width]);
    const body = square ? padToSquare(tokens) : tokens;
    const started = tf.concat<tf.Tensor2D>([own, body]); // [1 + tokens, width]
    const first = transLayer(pass, `${prefix}layer1`, started, attention, `${name}.layer1`);
    const placed = square ? encodePositions(first) : first;
    const second = transLayer(pass, `${prefix}layer2`, placed, attention, `${name}.layer2`);
    const normal = pass.layerNorm(`${prefix}norm`, second, `${name}.norm`);
    return { token: head(normal), tokens: tail(normal) };
  });

  function encodePositions(all: tf.Tensor2D): tf.Tensor2D {
    const encoded = ppeg(pass, `${prefix}pos_layer`, tail(all), `${name}.position`);
    return tf.concat<tf.Tensor2D>([head(all), encoded]);
  }
}

function head(all: tf.Tensor2D): tf.Tensor2D {
  return tf.slice(all, [0, 0], [1, -1]);
}

function tail(all: tf.Tensor2D): tf.Tensor2D {
  return tf.slice(all, [1, 0], [-1, -1]);
}

/** Draws of `classTokenEncoder` in one training step. */
export function encoderDraws(name: string, tokens: number, { attention, square }: EncoderOptions): Draw[] {
  const count = 1 + (square ? squareOf(tokens) : tokens);
  return ['layer1', 'layer2'].flatMap((layer) =>
    nystromDraws(`${name}.${layer}.attention`, count, attention),
  );
}

/** Shapes of the weights of `classTokenEncoder`, in the order of the forward pass. */
export function encoderShapes(
  prefix: string,
  { attention, square }: EncoderOptions,
): Record<string, readonly number[]> {
  const { width } = attention;
  return {
    [`${prefix}cls_token`]: [1, 1, width],
    ...transLayerShapes(`${prefix}layer1`, attention),
    ...(square && ppegShapes(`${prefix}pos_layer`, width)),
    ...transLayerShapes(`${prefix}layer2`, attention),
    [`${prefix}norm.weight`]: [width],
    [`${prefix}norm.bias`]: [width],
  };
}
