import { nllSurvival, type ForwardPass, type SurvivalLabel, type TapeReader } from '@concord/nn';
import type { Output } from '@concord/backbone';
import * as tf from '@tensorflow/tfjs-core';
import { proxies, sampledProxies } from './bottleneck.js';
import { club } from './club.js';
import { proxyCount, type PibdConfig } from './config.js';
import { randomness, type Side } from './randomness.js';

/** Weights of the terms, as published. */
const ALPHA = 0.1;
const BETA = 0.01;
const GAMMA = 1;
const SIGMA = 0.1;

/** Where each bottleneck's weights lie. */
export const BOTTLENECKS: Readonly<Record<Side, string>> = { omics: 'PIB_omics', wsi: 'PIB_wsi' };

/**
 * What PIBD adds to the likelihood of a batch: γ · how near the proxies of others are, α · the likelihood of the
 * proxies' own logits, β · the divergence of the proxies from N(0, 1), σ · the mutual information between kinds of
 * tokens and the fit of its networks; all divided by the number of cases, as the likelihood is.
 *
 * @param pass opened on the draws of the batch's first case: the proxies' noise is the batch's.
 * @param outputs of the cases, borrowed.
 * @param tape that draws and decisions of the batch lie on.
 * @returns scalar, owned by the caller.
 * @source zylbuaa/PIBD@bd5bd94, utils/core_utils.py, `_train_loop_survival`; models/model_PIBD.py.
 */
export function coupledLoss(
  pass: ForwardPass,
  config: PibdConfig,
  outputs: readonly Output[],
  tape?: TapeReader,
): tf.Scalar {
  const of = (name: string) => tf.stack(outputs.map(({ embeddings }) => embeddings![name]!));
  const [histology, pathways, global] = ['histology', 'pathways', 'global'].map(of) as tf.Tensor3D[];
  const nearness = pass.see('proxies.nearness', tf.mean(of('proxyLoss')));
  const draws = randomness(pass, config, 'training');
  const sides = Object.entries(BOTTLENECKS) as [Side, string][];
  const likelihoods = sides.map(([side]) => proxyLikelihood(pass, config, side, draws.proxies(side)));
  const likelihood = pass.see('proxies.likelihood', tf.addN(likelihoods));
  const divergences = sides.map(([, layer]) => proxyDivergence(pass, layer));
  const divergence = pass.see('proxies.divergence', tf.addN(divergences));
  const both = tf.concat<tf.Tensor3D>([histology!, pathways!], 2);
  const pairs = [
    club(pass, 'CLUB.mimin', histology!, pathways!, tape),
    club(pass, 'CLUB.mimin_glob', both, global!, tape),
  ];
  const bound = pass.see('club.bound', tf.addN(pairs.map((pair) => pair.bound)));
  const fit = pass.see('club.fit', tf.addN(pairs.map((pair) => pair.fit)));
  const terms = [
    tf.mul(nearness, GAMMA),
    tf.mul(likelihood, ALPHA),
    tf.mul(divergence, BETA),
    tf.mul(tf.add(bound, fit), SIGMA),
  ];
  return tf.div(tf.addN(terms), outputs.length);
}

/** The survival loss of the proxies themselves, each a case of its own bin; the mean over bags. */
function proxyLikelihood(pass: ForwardPass, config: PibdConfig, side: Side, noise: tf.Tensor3D): tf.Scalar {
  const [bags, count, width] = noise.shape;
  const layer = BOTTLENECKS[side];
  const rows = tf.reshape(sampledProxies(pass, layer, noise), [bags * count, width]) as tf.Tensor2D;
  const logits = pass.linear(`${layer}.decoder_logits`, rows, `${side}.proxyLogits`);
  const labels = Array.from({ length: bags * count }, (_, i) => proxyLabel(i % proxyCount(config), config));
  return tf.div(nllSurvival(logits, labels, { alpha: 0.5, epsilon: 1e-7 }), bags);
}

/** The proxies of observed bins come first. */
function proxyLabel(proxy: number, { bins }: PibdConfig): SurvivalLabel {
  return { bin: proxy % bins, censored: proxy < bins ? 0 : 1 };
}

/** Mean over proxies of KL(N(μ, σ²) ‖ N(0, 1)). */
function proxyDivergence(pass: ForwardPass, layer: string): tf.Scalar {
  const [mean, deviation] = proxies(pass, layer);
  const squares = tf.add(tf.square(mean), tf.square(deviation));
  const logarithm = tf.mul(tf.log(tf.maximum(deviation, 1e-8)), 2);
  const ofProxy = tf.mul(tf.sum(tf.sub(tf.sub(squares, 1), logarithm), 1), 0.5);
  return tf.mean(ofProxy);
}
