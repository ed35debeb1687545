/** What fixes DeepMISL's shapes. */
export interface DeepMislConfig {
  /** Width of a patch's feature vector: 1024 in the published class. */
  readonly patchWidth: number;
  /** Width of an embedded patch: 512 as published. */
  readonly width: number;
  /** Width of the case vector: 256 as published. */
  readonly caseWidth: number;
  /** Time bins: 4 as published. */
  readonly bins: number;
}

/** Shape of every weight, under the names of the published state dict. */
export function weightShapes(config: DeepMislConfig): Record<string, readonly number[]> {
  const { patchWidth, width, caseWidth, bins } = config;
  return {
    'phi.0.weight': [width, patchWidth],
    'phi.0.bias': [width],
    'rho.0.weight': [caseWidth, width],
    'rho.0.bias': [caseWidth],
    'classifier.weight': [bins, caseWidth],
    'classifier.bias': [bins],
  };
}
