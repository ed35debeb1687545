import * as tf from '@tensorflow/tfjs-core';
import type { Draw } from './draws.js';
import { plus } from './plus.js';
import { relu } from './relu.js';
import type { ForwardPass } from './forwardPass.js';
import { linear } from './linear.js';
import { multiHeadAttention } from './multiHeadAttention.js';
import { withGradient } from './withGradient.js';

/** Of every published encoder: of attention weights, inside the feed-forward, of both branches. */
const DROPOUT = 0.25;

/** Heads of every published encoder. */
const HEADS = 8;

/**
 * A layer of the Transformer encoder, normalised after each branch:
 * x ← LN(x + Drop(MHA(x))), x ← LN(x + Drop(W₂ Drop(ReLU(W₁ x)))).
 *
 * Weights lie under torch's names for `nn.TransformerEncoderLayer`. Taps are `<name>.attention.weights`,
 * `….attended`, `….norm1`, `….hidden`, `….out`, `….norm2`; draws those of `encoderLayerDraws`.
 *
 * @param tokens [tokens, width] float32, borrowed; 8 divides the width.
 * @returns [tokens, width] float32, owned by the caller's `tidy`.
 * @source torch.nn.TransformerEncoderLayer with norm_first=False, as mahmoodlab/MCAT@b9cca63 uses it.
 */
export function encoderLayer(
  pass: ForwardPass,
  layer: string,
  tokens: tf.Tensor2D,
  name: string,
): tf.Tensor2D {
  const [count] = tokens.shape;
  const attention = `${layer}.self_attn`;
  const [weight, bias] = ['weight', 'bias'].map((part) => pass.weight(`${attention}.in_proj_${part}`));
  const projected = linear(tokens, weight as tf.Tensor2D, unseenKeyBias(bias as tf.Tensor1D)); // [tokens, 3 width]
  const mask = () => pass.draw(`${name}.attention.dropout`, [HEADS, count, count]);
  const mixed = multiHeadAttention(projected, {
    heads: HEADS,
    ...(pass.training && { kept: tf.div<tf.Tensor3D>(mask(), 1 - DROPOUT) }),
    tap: (tap, tensor) => pass.see(`${name}.${tap}`, tensor),
  });
  const attended = pass.linear(`${attention}.out_proj`, mixed, `${name}.attended`);
  const first = plus(tokens, pass.dropout(`${name}.attended.dropout`, attended, DROPOUT));
  const normal = pass.layerNorm(`${layer}.norm1`, first, `${name}.norm1`);
  const hidden = relu(pass.linear(`${layer}.linear1`, normal, `${name}.hidden`)); // [tokens, hidden]
  const dropped = pass.dropout(`${name}.hidden.dropout`, hidden, DROPOUT);
  const out = pass.linear(`${layer}.linear2`, dropped, `${name}.out`); // [tokens, width]
  const second = plus(normal, pass.dropout(`${name}.out.dropout`, out, DROPOUT));
  return pass.layerNorm(`${layer}.norm2`, second, `${name}.norm2`);
}

/** Softmax does not see the keys' bias, whose gradient is 0: exactly here, where rounding would be trained. */
const unseenKeyBias = withGradient<[tf.Tensor1D], tf.Tensor1D>((_save, bias) => ({
  value: tf.clone(bias),
  gradFunc: (dy: tf.Tensor) => {
    const [query, key, value] = tf.split(dy, 3) as [tf.Tensor, tf.Tensor, tf.Tensor];
    return tf.concat([query, tf.zerosLike(key), value]);
  },
}));

/** Draws of `encoderLayer` in one training step, in the order of torch. @param hidden of the feed-forward. */
export function encoderLayerDraws(name: string, tokens: number, width: number, hidden: number): Draw[] {
  const shapes = {
    attention: [HEADS, tokens, tokens],
    attended: [tokens, width],
    hidden: [tokens, hidden],
    out: [tokens, width],
  };
  return Object.entries(shapes).map(([part, shape]) => ({
    name: `${name}.${part}.dropout`,
    kind: 'keep',
    shape,
    p: DROPOUT,
  }));
}

/** Shapes of the weights of `encoderLayer`. */
export function encoderLayerShapes(
  layer: string,
  width: number,
  hidden: number,
): Record<string, readonly number[]> {
  return {
    [`${layer}.self_attn.in_proj_weight`]: [3 * width, width],
    [`${layer}.self_attn.in_proj_bias`]: [3 * width],
    [`${layer}.self_attn.out_proj.weight`]: [width, width],
    [`${layer}.self_attn.out_proj.bias`]: [width],
    [`${layer}.linear1.weight`]: [hidden, width],
    [`${layer}.linear1.bias`]: [hidden],
    [`${layer}.linear2.weight`]: [width, hidden],
    [`${layer}.linear2.bias`]: [width],
    [`${layer}.norm1.weight`]: [width],
    [`${layer}.norm1.bias`]: [width],
    [`${layer}.norm2.weight`]: [width],
    [`${layer}.norm2.bias`]: [width],
  };
}
