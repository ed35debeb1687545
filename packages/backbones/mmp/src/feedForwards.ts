import { gelu, layerNorm, type Draw, type ForwardPass } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';

const DROPOUT = 0.1;

/**
 * A feed-forward of its own for each token, all of them at once: LayerNorm → Linear → GELU → dropout → Linear.
 * The weights of all tokens lie packed under `<layer>.*`.
 *
 * @param tokens [tokens, cases, channels] float32, borrowed.
 * @returns the same shape, owned by the caller.
 * @source mahmoodlab/MMP@5878b84, src/mil_models/components.py, FeedForwardEnsemble.
 */
export function feedForwards(pass: ForwardPass, layer: string, tokens: tf.Tensor3D): tf.Tensor3D {
  const perToken = (name: string) => tf.expandDims(pass.weight<tf.Tensor2D>(`${layer}.*.${name}`), 1);
  const linear = (name: string, input: tf.Tensor3D): tf.Tensor3D =>
    tf.add(
      tf.matMul(input, pass.weight<tf.Tensor3D>(`${layer}.*.${name}.weight`), false, true),
      perToken(`${name}.bias`),
    );
  const normal = tf.add<tf.Tensor3D>(
    tf.mul(standardised(tokens), perToken('norm.weight')),
    perToken('norm.bias'),
  );
  const hidden = pass.see('feedForward.hidden', linear('net.0', pass.see('feedForward.norm', normal)));
  const activated = pass.see('feedForward.gelu', gelu(hidden));
  const dropped = pass.dropout('feedForward.dropout', activated, DROPOUT);
  return pass.see('feedForward.out', linear('net.3', dropped));
}

/** Draws of `feedForwards` for one case. */
export function feedForwardDraws(tokens: number, channels: number): Draw[] {
  return [{ name: 'feedForward.dropout', kind: 'keep', shape: [tokens, channels], p: DROPOUT }];
}

/** LayerNorm without its weight and bias, which differ from token to token here. */
function standardised(tokens: tf.Tensor3D): tf.Tensor3D {
  const channels = tokens.shape[2];
  const rows = tf.reshape(tokens, [-1, channels]) as tf.Tensor2D;
  return tf.reshape(layerNorm(rows, tf.ones([channels]), tf.zeros([channels])), tokens.shape);
}
