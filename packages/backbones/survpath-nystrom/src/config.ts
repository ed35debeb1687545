import { nystromShapes, pathwayNetworkShapes, type NystromOptions } from '@concord/nn';

/** What fixes the shapes of SurvPath with Nyström attention. */
export interface SurvPathNystromConfig {
  /** Genes of each pathway, in the order of the signature table; each at least 1. */
  readonly pathwaySizes: readonly number[];
  /** Width of a patch's feature vector. */
  readonly patchWidth: number;
  /** Width of a token after projection: 256 as published; divisible by 4. */
  readonly width: number;
  /** Time bins: 4 as published. */
  readonly bins: number;
  /** One head of half the width and 256 landmarks as published. */
  readonly attention: NystromOptions;
}

/** Shape of every weight, under the names of the published state dict, those of pathways packed. */
export function weightShapes(config: SurvPathNystromConfig): Record<string, readonly number[]> {
  const { pathwaySizes, patchWidth, width, bins, attention } = config;
  if (width % 4 !== 0) throw new RangeError(`survpath-nystrom: width ${width} is not divisible by 4`);
  return {
    ...pathwayNetworkShapes(pathwaySizes, [width, width]),
    'wsi_projection_net.0.weight': [width, patchWidth],
    'wsi_projection_net.0.bias': [width],
    ...nystromShapes('cross_attender', attention),
    'feed_forward.norm.weight': [width],
    'feed_forward.norm.bias': [width],
    'feed_forward.net.0.weight': [width, width],
    'feed_forward.net.0.bias': [width],
    'feed_forward.net.3.weight': [width, width],
    'feed_forward.net.3.bias': [width],
    'layer_norm.weight': [width],
    'layer_norm.bias': [width],
    'to_logits.0.weight': [width / 4, 2 * width],
    'to_logits.0.bias': [width / 4],
    'to_logits.2.weight': [bins, width / 4],
    'to_logits.2.bias': [bins],
  };
}
