import { pathwayNetworkDraws, type Draw } from '@concord/nn';
import { ENCODER_DROPOUT } from './bottleneck.js';
import { proxyCount, tokenCounts, type PibdConfig } from './config.js';
import { disentangleDraws } from './disentangle.js';

/**
 * What one training pass over this many patches draws. The noise of the proxies is one for all cases of a batch,
 * as in the published class, whose loss has the proxies' terms once for a batch.
 */
export function trainingDraws(config: PibdConfig, patches: number): Draw[] {
  const { pathwaySizes, width, subBags } = config;
  const counts = tokenCounts(config, patches);
  return [
    ...pathwayNetworkDraws(pathwaySizes.length, [width, width]),
    ...encoderDraws('omics', pathwaySizes.length, width),
    ...encoderDraws('wsi', subBags * counts.subBag, width),
    ...orderDraws(subBags, patches),
    ...noiseDraws(config, subBags).map((draw) =>
      draw.name === 'poe.noise' ? draw : { ...draw, shared: true as const },
    ),
    ...disentangleDraws(config, counts),
  ];
}

/** What one evaluation draws: sub-bags and noise; reseeding leaves of these two orders and one noise. */
export function evaluationDraws(config: PibdConfig, patches: number): Draw[] {
  const { subBags, samples, width, reseeds } = config;
  if (!reseeds) return [...orderDraws(subBags, patches), ...noiseDraws(config, subBags)];
  const shape = [proxyCount(config), samples, width];
  return [...orderDraws(Math.min(2, subBags), patches), { name: 'noise', kind: 'normal', shape }];
}

function orderDraws(count: number, patches: number): Draw[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `subBag.${i}.order`,
    kind: 'permutation',
    shape: [patches],
  }));
}

function noiseDraws(config: PibdConfig, subBags: number): Draw[] {
  const { samples, width } = config;
  const proxies = proxyCount(config);
  return [
    { name: 'omics.noise', kind: 'normal', shape: [1, proxies, samples, width] },
    { name: 'wsi.noise', kind: 'normal', shape: [subBags, proxies, samples, width] },
    { name: 'poe.noise', kind: 'normal', shape: [subBags, samples, width] },
  ];
}

function encoderDraws(side: string, rows: number, width: number): Draw[] {
  return [0, 1].map((layer) => ({
    name: `${side}.encoder.${layer}.dropout`,
    kind: 'keep',
    shape: [rows, 2 * width],
    p: ENCODER_DROPOUT,
  }));
}
