import { relu, unitRows, type ForwardPass, type TapeReader } from '@concord/nn';
import * as tf from '@tensorflow/tfjs-core';
import type { Side } from './randomness.js';
import { topEntries } from './topEntries.js';

export const ENCODER_DROPOUT = 0.2;

/** One of the two bottlenecks. */
export interface BottleneckOptions {
  readonly side: Side;
  /** Under which its weights lie. */
  readonly layer: string;
  /** Sub-bags, one below the other in the input. */
  readonly bags: number;
  /** Tokens that are selected from each. */
  readonly selected: number;
  /** The case's own proxy; in evaluation it is predicted. */
  readonly positive?: number;
  readonly tape?: TapeReader;
}

/** What a bottleneck makes of its bags. */
export interface Narrowed {
  /** [bags · selected, width]: the tokens nearest to any proxy, nearest first; one may come several times. */
  readonly tokens: tf.Tensor2D;
  /** [bags, width] of the case's proxy. */
  readonly mean: tf.Tensor2D;
  readonly deviation: tf.Tensor2D;
  /** Mean over bags of how much nearer other proxies are than the case's own; in training. */
  readonly proxyLoss?: tf.Scalar;
}

/** Means and deviations of all proxies, [proxies, width] each. */
export function proxies(pass: ForwardPass, layer: string): [tf.Tensor2D, tf.Tensor2D] {
  const [mean, raw] = tf.split(pass.weight<tf.Tensor2D>(`${layer}.proxies`), 2, 1) as [
    tf.Tensor2D,
    tf.Tensor2D,
  ];
  return [mean, tf.softplus(raw)];
}

/** z̄ = μ + σ ε̄ of every proxy. @param noise [bags, proxies, width]: ε̄, the mean over samples. */
export function sampledProxies(pass: ForwardPass, layer: string, noise: tf.Tensor3D): tf.Tensor3D {
  const [mean, deviation] = proxies(pass, layer);
  return tf.add(mean, tf.mul(deviation, noise));
}

/**
 * The prototypical information bottleneck. Proxies are Gaussians N(μ, σ²), one for each time bin, observed and
 * censored; attention is the cosine of an encoded token and a proxy's sampled mean; the top entries of all
 * proxies' attention are the tokens that pass.
 *
 * @param input [bags · tokens, in] float32, borrowed.
 * @param noise [bags, proxies, width] float32, borrowed: the mean noise of the samples.
 * @source arXiv 2405.11839; zylbuaa/PIBD@bd5bd94, models/model_PIBD.py, `PIB`.
 */
export function bottleneck(
  pass: ForwardPass,
  input: tf.Tensor2D,
  noise: tf.Tensor3D,
  { side, layer, bags, selected, positive, tape }: BottleneckOptions,
): Narrowed {
  const features = tf.tidy(() => encode(pass, input, side, layer)); // [bags · tokens, width]
  const [mean, deviation] = proxies(pass, layer);
  const attention = cosines(pass, features, sampledProxies(pass, layer, noise), side); // [bags, tokens, proxies]
  const [, tokens, count] = attention.shape;
  const byProxy = tf.transpose(attention, [0, 2, 1]);

  const entries = tf.reshape(byProxy, [bags, count * tokens]) as tf.Tensor2D;
  const top = topEntries(pass, tape, `${side}.top`, entries, selected);
  const rows = top.map((entry, i) => Math.floor(i / selected) * tokens + (entry % tokens));
  const own =
    positive === undefined
      ? predictedProxies(top, tokens, selected, count)
      : new Int32Array(bags).fill(positive);
  const ofOwn = tf.tensor1d(own, 'int32');
  return {
    tokens: pass.see(`${side}.tokens`, tf.gather(features, tf.tensor1d(rows, 'int32'))),
    mean: tf.gather(mean, ofOwn),
    deviation: tf.gather(deviation, ofOwn),
    ...(positive !== undefined && { proxyLoss: proxyLoss(positive) }),
  };

  /** −(mean of the top of the own proxy − mean of the tops of all others), as one weighted sum of cosines. */
  function proxyLoss(ownProxy: number): tf.Scalar {
    const columns = tf.reshape(byProxy, [bags * count, tokens]) as tf.Tensor2D;
    const nearest = topEntries(pass, tape, `${side}.proxyTop`, columns, selected);
    const weight = new Float32Array(bags * count * tokens);
    nearest.forEach((token, i) => {
      const column = Math.floor(i / selected);
      const share = column % count === ownProxy ? -1 : 1 / (count - 1);
      weight[column * tokens + token] = share / (selected * bags);
    });
    const weighted = tf.mul(byProxy, tf.tensor3d(weight, [bags, count, tokens]));
    return pass.see(`${side}.proxyLoss`, tf.sum(weighted) as tf.Scalar);
  }
}

function encode(pass: ForwardPass, input: tf.Tensor2D, side: Side, layer: string): tf.Tensor2D {
  const names = [`${layer}.encoder.0`, `${side}.hidden.0`] as const;
  const projected =
    side === 'wsi' ? pass.linearOfData(names[0], input, names[1]) : pass.linear(names[0], input, names[1]);
  const first = relu(projected);
  const dropped = pass.dropout(`${side}.encoder.0.dropout`, first, ENCODER_DROPOUT);
  const second = relu(pass.linear(`${layer}.encoder.3`, dropped, `${side}.hidden.1`));
  const again = pass.dropout(`${side}.encoder.1.dropout`, second, ENCODER_DROPOUT);
  return pass.linear(`${layer}.encoder.6`, again, `${side}.features`);
}

function cosines(pass: ForwardPass, features: tf.Tensor2D, sampled: tf.Tensor3D, side: Side): tf.Tensor3D {
  const [bags, count, width] = sampled.shape;
  const directions = tf.reshape(unitRows(tf.reshape(sampled, [-1, width])), [bags, count, width]);
  const tokens = tf.reshape(unitRows(features), [bags, -1, width]);
  const cosine = tf.matMul<tf.Tensor3D>(tokens as tf.Tensor3D, directions as tf.Tensor3D, false, true);
  pass.see(`${side}.attention`, tf.reshape(cosine, [-1, count]));
  return cosine;
}

/** The proxy that most of a bag's top entries belong to; of equally frequent ones the first, as `torch.mode`. */
function predictedProxies(top: Int32Array, tokens: number, selected: number, count: number): Int32Array {
  return Int32Array.from({ length: top.length / selected }, (_, bag) => {
    const votes = new Int32Array(count);
    for (const entry of top.subarray(bag * selected, (bag + 1) * selected))
      votes[Math.floor(entry / tokens)]! += 1;
    return votes.indexOf(Math.max(...votes));
  });
}
