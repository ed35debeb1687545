import { gatedAttentionShapes } from '@concord/nn';

/** What fixes ABMIL's shapes. */
export interface AbmilConfig {
  /** Width of a patch's feature vector: 1024 in the published class. */
  readonly patchWidth: number;
  /** Width of an embedded patch, of the attention and of the case vector: 256 as published. */
  readonly width: number;
  /** Time bins: 4 as published. */
  readonly bins: number;
}

/** Shape of every weight, under the names of the published state dict. */
export function weightShapes(config: AbmilConfig): Record<string, readonly number[]> {
  const { patchWidth, width, bins } = config;
  return {
    'attention_net.0.weight': [width, patchWidth],
    'attention_net.0.bias': [width],
    ...gatedAttentionShapes('attention_net.3', width, width),
    'rho.0.weight': [width, width],
    'rho.0.bias': [width],
    'classifier.weight': [bins, width],
    'classifier.bias': [bins],
  };
}
