/** What fixes MLPOmics' shapes. */
export interface MlpOmicsConfig {
  /** Where each distinct gene first stands in the packed vector of expression. */
  readonly genePositions: readonly number[];
  /** Width of both hidden layers: 32 as published (half of a projection of 64). */
  readonly width: number;
  /** Time bins: 4 as published. */
  readonly bins: number;
}

/** Shape of every weight, under the names of the published state dict. */
export function weightShapes(config: MlpOmicsConfig): Record<string, readonly number[]> {
  const { genePositions, width, bins } = config;
  return {
    'net.0.weight': [width, genePositions.length],
    'net.0.bias': [width],
    'net.3.weight': [width, width],
    'net.3.bias': [width],
    'to_logits.0.weight': [bins, width],
    'to_logits.0.bias': [bins],
  };
}
