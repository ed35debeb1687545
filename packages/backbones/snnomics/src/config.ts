import { selfNormalisingShapes } from '@concord/nn';

/** What fixes SNNOmics' shapes. */
export interface SnnOmicsConfig {
  /** Where each distinct gene first stands in the packed vector of expression. */
  readonly genePositions: readonly number[];
  /** Width of both hidden layers: 256 as published. */
  readonly width: number;
  /** Time bins: 4 as published. */
  readonly bins: number;
}

/** Shape of every weight, under the names of the published state dict. */
export function weightShapes(config: SnnOmicsConfig): Record<string, readonly number[]> {
  const { genePositions, width, bins } = config;
  return {
    ...selfNormalisingShapes('fc_omic', [genePositions.length, width, width]),
    'classifier.weight': [bins, width],
    'classifier.bias': [bins],
  };
}
