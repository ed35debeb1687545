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

/** Shape of every weight, under the names that both stacks use; layouts are torch's. */
export function weightShapes(config: SurvPathConfig): Record<string, readonly number[]> {
  const { pathwaySizes, patchWidth, width, bins } = config;
  if (width % 4 !== 0) throw new RangeError(`survpath: width ${width} is not divisible by 4`);
  const pathways = pathwaySizes.length;
  const genes = pathwaySizes.reduce((sum, size) => sum + size, 0);
  const half = width / 2;
  return {
    'pathways.0.weight': [genes, width],
    'pathways.0.bias': [pathways, width],
    'pathways.1.weight': [pathways, width, width],
    'pathways.1.bias': [pathways, width],
    'patches.weight': [width, patchWidth],
    'patches.bias': [width],
    'attention.norm.weight': [width],
    'attention.norm.bias': [width],
    'attention.qkv.weight': [3 * half, width],
    'feedForward.norm.weight': [half],
    'feedForward.norm.bias': [half],
    'feedForward.hidden.weight': [half, half],
    'feedForward.hidden.bias': [half],
    'feedForward.out.weight': [half, half],
    'feedForward.out.bias': [half],
    'norm.weight': [half],
    'norm.bias': [half],
    'head.hidden.weight': [width / 4, width],
    'head.hidden.bias': [width / 4],
    'head.out.weight': [bins, width / 4],
    'head.out.bias': [bins],
  };
}
