/** What fixes DeepAttnMISL's shapes. */
export interface DeepAttnMislConfig {
  /** Width of a patch's feature vector: 4096 in the published class. */
  readonly patchWidth: number;
  /** Width of an embedded patch: 64 as published. */
  readonly width: number;
  /** Clusters of a case's patches: 10 as published. */
  readonly clusters: number;
}

/** Shape of every weight, under the names of the published state dict; the embedding is a convolution of 1 × 1. */
export function weightShapes({ patchWidth, width }: DeepAttnMislConfig): Record<string, readonly number[]> {
  const half = width / 2;
  return {
    'embedding_net.0.weight': [width, patchWidth, 1, 1],
    'embedding_net.0.bias': [width],
    'attention.0.weight': [half, width],
    'attention.0.bias': [half],
    'attention.2.weight': [1, half],
    'attention.2.bias': [1],
    'fc6.0.weight': [half, width],
    'fc6.0.bias': [half],
    'fc6.3.weight': [1, half],
    'fc6.3.bias': [1],
  };
}
