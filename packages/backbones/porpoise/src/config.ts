import {
  bilinearFusionShapes,
  gatedAttentionShapes,
  type BilinearOptions,
  type BilinearWidths,
} from '@concord/nn';

/** What fixes PORPOISE's shapes. */
export interface PorpoiseConfig {
  /** Where each gene that is read first stands in the packed expression vector. */
  readonly genes: readonly number[];
  /** Width of a patch's feature vector: 1024 as published. */
  readonly patchWidth: number;
  /** Width of a patch token: 512 as published. */
  readonly tokenWidth: number;
  /** Width of the two vectors and of what is made of them: 256 as published. */
  readonly width: number;
  /** By which the vectors are narrowed before their product: 8 as published. */
  readonly scale: number;
  /** Of the fusion; both false as published. */
  readonly gated: boolean;
  readonly skip: boolean;
  /** Time bins: 4 as published. */
  readonly bins: number;
}

/** Parts of the fusion. Its own copy of the class has no dropout after the encoders. */
export function fusionOptions({ gated, skip }: PorpoiseConfig): BilinearOptions {
  return { gates: [gated, gated], skip, encoderDropout: false };
}

/** Widths of the fusion. */
export function fusionWidths({ width, scale }: PorpoiseConfig): BilinearWidths {
  return { inputs: [width, width], scale, hidden: [width, width] };
}

/** Shape of every weight, under the names of the published state dict. */
export function weightShapes(config: PorpoiseConfig): Record<string, readonly number[]> {
  const { genes, patchWidth, tokenWidth, width, bins } = config;
  return {
    'attention_net.0.weight': [tokenWidth, patchWidth],
    'attention_net.0.bias': [tokenWidth],
    ...gatedAttentionShapes('attention_net.3', tokenWidth, width),
    'rho.0.weight': [width, tokenWidth],
    'rho.0.bias': [width],
    'fc_omic.0.0.weight': [width, genes.length],
    'fc_omic.0.0.bias': [width],
    'fc_omic.1.0.weight': [width, width],
    'fc_omic.1.0.bias': [width],
    ...bilinearFusionShapes('mm', fusionWidths(config), fusionOptions(config)),
    'classifier_mm.weight': [bins, width],
    'classifier_mm.bias': [bins],
  };
}
