import { pathwayNetworkShapes } from '@concord/nn';

/** What fixes PIBD's shapes, and its published numbers. */
export interface PibdConfig {
  /** Genes of each pathway; each at least 1. */
  readonly pathwaySizes: readonly number[];
  /** Width of a patch's feature vector. */
  readonly patchWidth: number;
  /** Width of a token: 256 as published; divisible by the heads. */
  readonly width: number;
  readonly heads: number;
  /** Time bins; there is a proxy for each bin, observed and censored. */
  readonly bins: number;
  /** Random sub-bags of one forward pass: 8 as published. */
  readonly subBags: number;
  /** Patches of a sub-bag: 512 as published; a smaller bag is taken whole. */
  readonly subBagSize: number;
  /** Parts of a sub-bag and of the pathways that are selected: ½ and 0.8 as published. */
  readonly ratioPatches: number;
  readonly ratioPathways: number;
  /** Samples that stand for a distribution: 50 as published. */
  readonly samples: number;
  /**
   * Whether evaluation reseeds its generator as the published class does, so that all noise is one and the same
   * and the last seven sub-bags are equal.
   */
  readonly reseeds: boolean;
}

/** Numbers of tokens in a forward pass over a bag. */
export interface TokenCounts {
  /** Patches of a sub-bag. */
  readonly subBag: number;
  /** Patches that are selected from it. */
  readonly patches: number;
  /** Pathways that are selected. */
  readonly pathways: number;
}

/**
 * Sizes for a bag of this many patches. The published class selects 256 patches whatever the bag; where that
 * fails, on bags smaller than a sub-bag, the published ratio is kept instead.
 */
export function tokenCounts(config: PibdConfig, patches: number): TokenCounts {
  const subBag = Math.min(config.subBagSize, patches);
  const part = (count: number, ratio: number): number => Math.max(1, Math.trunc(count * ratio));
  return {
    subBag,
    patches: part(subBag, config.ratioPatches),
    pathways: part(config.pathwaySizes.length, config.ratioPathways),
  };
}

/** Number of proxies. */
export function proxyCount({ bins }: PibdConfig): number {
  return 2 * bins;
}

/** Shape of every weight, under the names of the published state dict, those of pathways packed. */
export function weightShapes(config: PibdConfig): Record<string, readonly number[]> {
  const { pathwaySizes, patchWidth, width, heads, bins } = config;
  if (width % heads !== 0) throw new RangeError(`pibd: width ${width} is not divisible by ${heads} heads`);
  return {
    ...pathwayNetworkShapes(pathwaySizes, [width, width]),
    ...bottleneckShapes('PIB_omics', width, config),
    ...bottleneckShapes('PIB_wsi', patchWidth, config),
    'PoE.phi': [2],
    ...normShapes('PID.norm1', width),
    ...linearShapes('PID.attn.qkv', width, 3 * width),
    ...linearShapes('PID.attn.proj', width, width),
    ...normShapes('PID.norm2', width),
    ...linearShapes('PID.mlp.fc1', width, width),
    ...linearShapes('PID.mlp.fc2', width, width),
    ...linearShapes('to_logits.0', 3 * width, width),
    ...linearShapes('to_logits.2', width, bins),
    ...linearShapes('CLUB.mimin.p_mu.0', width, 2 * width),
    ...linearShapes('CLUB.mimin.p_mu.2', 2 * width, width),
    ...linearShapes('CLUB.mimin_glob.p_mu.0', 2 * width, 2 * width),
    ...linearShapes('CLUB.mimin_glob.p_mu.2', 2 * width, width),
  };
}

function bottleneckShapes(
  name: string,
  input: number,
  config: PibdConfig,
): Record<string, readonly number[]> {
  const { width, bins } = config;
  return {
    ...linearShapes(`${name}.encoder.0`, input, 2 * width),
    ...linearShapes(`${name}.encoder.3`, 2 * width, 2 * width),
    ...linearShapes(`${name}.encoder.6`, 2 * width, width),
    [`${name}.proxies`]: [proxyCount(config), 2 * width],
    ...linearShapes(`${name}.decoder_logits`, width, bins),
  };
}

function linearShapes(name: string, input: number, output: number): Record<string, readonly number[]> {
  return { [`${name}.weight`]: [output, input], [`${name}.bias`]: [output] };
}

function normShapes(name: string, width: number): Record<string, readonly number[]> {
  return { [`${name}.weight`]: [width], [`${name}.bias`]: [width] };
}
