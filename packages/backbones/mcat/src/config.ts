import { gatedAttentionShapes, encoderLayerShapes, pathwayNetworkShapes } from '@concord/nn';

/** What fixes MCAT's shapes. */
export interface McatConfig {
  /** Genes of each group; each at least 1. Six groups as published. */
  readonly pathwaySizes: readonly number[];
  /** Width of a patch's feature vector: 1024 as published. */
  readonly patchWidth: number;
  /** Width of a token: 256 as published; divisible by 8. */
  readonly width: number;
  /** Width inside the encoders' feed-forward: 512 as published. */
  readonly hidden: number;
  /** Time bins: 4 as published. */
  readonly bins: number;
}

/** The modalities as the published class names their Transformers. */
export type Tower = 'path' | 'omic';

/** Encoder layers of each. */
export const LAYERS = [0, 1] as const;

type Shapes = Record<string, readonly number[]>;

/** Shape of every weight, under the names of the published state dict, those of gene groups packed. */
export function weightShapes(config: McatConfig): Shapes {
  const { width } = config;
  return {
    ...embeddingShapes(config),
    'coattn.in_proj_weight': [3 * width, width],
    'coattn.in_proj_bias': [3 * width],
    'coattn.out_proj.weight': [width, width],
    'coattn.out_proj.bias': [width],
    ...summaryShapes(config),
  };
}

/** Of what makes tokens of patches and gene groups. */
export function embeddingShapes({ pathwaySizes, patchWidth, width }: McatConfig): Shapes {
  return {
    'wsi_net.0.weight': [width, patchWidth],
    'wsi_net.0.bias': [width],
    ...pathwayNetworkShapes(pathwaySizes, [width, width]),
  };
}

/** Of everything after the modalities have met. */
export function summaryShapes({ width, hidden, bins }: McatConfig): Shapes {
  if (width % 8 !== 0) throw new RangeError(`mcat: width ${width} is not divisible by 8`);
  return {
    ...towerShapes('path', width, hidden),
    ...towerShapes('omic', width, hidden),
    'mm.0.weight': [width, 2 * width],
    'mm.0.bias': [width],
    'mm.2.weight': [width, width],
    'mm.2.bias': [width],
    'classifier.weight': [bins, width],
    'classifier.bias': [bins],
  };
}

function towerShapes(tower: Tower, width: number, hidden: number): Shapes {
  const layers = LAYERS.map((i) => encoderLayerShapes(`${tower}_transformer.layers.${i}`, width, hidden));
  return {
    ...(Object.assign({}, ...layers) as Shapes),
    ...gatedAttentionShapes(`${tower}_attention_head`, width, width),
    [`${tower}_rho.0.weight`]: [width, width],
    [`${tower}_rho.0.bias`]: [width],
  };
}
