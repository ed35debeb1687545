import { pathwayNetworkShapes } from '@concord/nn';

/** What fixes SurvPath's shapes. */
export interface SurvPathConfig {
  /** Genes of each pathway, in the order of the signature table; each at least 1. */
  readonly pathwaySizes: readonly number[];
  /** Width of a patch's feature vector. */
  readonly patchWidth: number;
  /** Width of a token after projection: 256 as published; divisible by 4. */
  readonly width: number;
  /** Time bins: 4 as published. */
  readonly bins: number;
}

/** Shape of every weight, under the names of the published state dict, those of pathways packed. */
export function weightShapes(config: SurvPathConfig): Record<string, readonly number[]> {
  const { pathwaySizes, patchWidth, width, bins } = config;
  if (width % 4 !== 0) throw new RangeError(`survpath: width ${width} is not divisible by 4`);
  const half = width / 2;
  return {
    ...pathwayNetworkShapes(pathwaySizes, [width, width]),
    'wsi_projection_net.0.weight': [width, patchWidth],
    'wsi_projection_net.0.bias': [width],
    'cross_attender.norm.weight': [width],
    'cross_attender.norm.bias': [width],
    'cross_attender.attn.to_qkv.weight': [3 * half, width],
    'feed_forward.norm.weight': [half],
    'feed_forward.norm.bias': [half],
    'feed_forward.net.0.weight': [half, half],
    'feed_forward.net.0.bias': [half],
    'feed_forward.net.3.weight': [half, half],
    'feed_forward.net.3.bias': [half],
    'layer_norm.weight': [half],
    'layer_norm.bias': [half],
    'to_logits.0.weight': [width / 4, width],
    'to_logits.0.bias': [width / 4],
    'to_logits.2.weight': [bins, width / 4],
    'to_logits.2.bias': [bins],
  };
}
