import { encoderShapes, pathwayNetworkShapes, transLayerAttention, type EncoderOptions } from '@concord/nn';

/** What fixes CMTA's shapes and its own loss. */
export interface CmtaConfig {
  /** Genes of each group; six as published, whose forward reads no other number. */
  readonly pathwaySizes: readonly number[];
  /** Width of a patch's feature vector: 1024 as published. */
  readonly patchWidth: number;
  /** Between the two layers of a group's network: 1024 in the published size `small`. */
  readonly geneHidden: number;
  /** Width of a token: 256 as published; divisible by 8. */
  readonly width: number;
  /** Time bins: 4 as published. */
  readonly bins: number;
  /** Of the distances between encoded and decoded class tokens: 1 as published, for BRCA 100, for LUAD 0.0001. */
  readonly alpha: number;
}

/** The encoders and decoders of both modalities; only patches lie on a square. */
export function encoderOptions({ width }: CmtaConfig): Record<'pathomics' | 'genomics', EncoderOptions> {
  const attention = transLayerAttention(width);
  return { pathomics: { attention, square: true }, genomics: { attention, square: false } };
}

/** Shape of every weight, under the names of the published state dict, those of gene groups packed. */
export function weightShapes(config: CmtaConfig): Record<string, readonly number[]> {
  const { pathwaySizes, patchWidth, geneHidden, width, bins } = config;
  if (width % 8 !== 0) throw new RangeError(`cmta: width ${width} is not divisible by 8`);
  const { pathomics, genomics } = encoderOptions(config);
  return {
    ...pathwayNetworkShapes(pathwaySizes, [geneHidden, width], 'genomics_fc'),
    ...affine('pathomics_fc.0', width, patchWidth),
    ...affine('pathomics_fc.3', width, width),
    ...encoderShapes('pathomics_encoder.', pathomics),
    ...encoderShapes('genomics_encoder.', genomics),
    ...attentionShapes('P_in_G_Att', width),
    ...attentionShapes('G_in_P_Att', width),
    ...encoderShapes('pathomics_decoder.', pathomics),
    ...encoderShapes('genomics_decoder.', genomics),
    ...affine('mm.0', width, 2 * width),
    ...affine('mm.2', width, width),
    ...affine('classifier', bins, width),
  };
}

function affine(layer: string, out: number, width: number): Record<string, readonly number[]> {
  return { [`${layer}.weight`]: [out, width], [`${layer}.bias`]: [out] };
}

function attentionShapes(layer: string, width: number): Record<string, readonly number[]> {
  return {
    [`${layer}.in_proj_weight`]: [3 * width, width],
    [`${layer}.in_proj_bias`]: [3 * width],
    ...affine(`${layer}.out_proj`, width, width),
  };
}
