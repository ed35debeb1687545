/** What fixes MLPWSI's shapes. */
export interface MlpWsiConfig {
  /** Where each distinct gene first stands in the packed vector of expression. */
  readonly genePositions: readonly number[];
  /** Width of a patch's feature vector. */
  readonly patchWidth: number;
  /** Width of a token: 256 as published; divisible by 4. */
  readonly width: number;
  /** Time bins: 4 as published. */
  readonly bins: number;
}

/** Shape of every weight, under the names of the published state dict. */
export function weightShapes(config: MlpWsiConfig): Record<string, readonly number[]> {
  const { genePositions, patchWidth, width, bins } = config;
  if (width % 4 !== 0) throw new RangeError(`mlpwsi: width ${width} is not divisible by 4`);
  return {
    'wsi_projection_net.0.weight': [width, patchWidth],
    'wsi_projection_net.0.bias': [width],
    'omic_projection_net.0.weight': [width, genePositions.length],
    'omic_projection_net.0.bias': [width],
    'cross_attender.norm.weight': [width],
    'cross_attender.norm.bias': [width],
    'cross_attender.attn.to_qkv.weight': [3 * width, width],
    'feed_forward.norm.weight': [width],
    'feed_forward.norm.bias': [width],
    'feed_forward.net.0.weight': [width, width],
    'feed_forward.net.0.bias': [width],
    'feed_forward.net.3.weight': [width, width],
    'feed_forward.net.3.bias': [width],
    'layer_norm.weight': [width],
    'layer_norm.bias': [width],
    'to_logits.0.weight': [width / 4, width],
    'to_logits.0.bias': [width / 4],
    'to_logits.2.weight': [bins, width / 4],
    'to_logits.2.bias': [bins],
  };
}
