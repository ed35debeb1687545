import { pathwayNetworkShapes } from '@concord/nn';

/** How histology tokens weigh what they look at. */
export type HistologySoftmax =
  /** As published: scores of pathways go through a softmax of their own, and then through that of all tokens. */
  | 'double'
  /** One softmax over all tokens, as pathway tokens have it. */
  | 'single';

/** What fixes MMP's shapes. */
export interface MmpConfig {
  /** Genes of each pathway; each at least 1. */
  readonly pathwaySizes: readonly number[];
  /** Width of a patch's feature vector. */
  readonly patchWidth: number;
  /** Width of a token after projection: 256 as published. */
  readonly width: number;
  /** Histology prototypes: 16 as published. */
  readonly prototypes: number;
  /** Width of the learned embedding that is appended to every token: 32 as published; with `width` even. */
  readonly embedding: number;
  readonly softmax: HistologySoftmax;
  /** Weight of PANTHER's prior, in patches: 0.001 in its config.json. */
  readonly tau: number;
  /** Variance of PANTHER's prior: 0.1 in its config.json. */
  readonly variance: number;
  /** Numbers that come out: 1, the log-risk. */
  readonly outputs: number;
}

/** Shape of every weight, under the names of the published state dicts, those of pathways and tokens packed. */
export function weightShapes(config: MmpConfig): Record<string, readonly number[]> {
  const { pathwaySizes, patchWidth, width, prototypes, embedding, outputs } = config;
  const token = width + embedding;
  if (token % 2 !== 0)
    throw new RangeError(`mmp: tokens of ${width} + ${embedding} channels cannot be halved`);
  const half = token / 2;
  const tokens = pathwaySizes.length + prototypes;
  return {
    'panther.priors.m': [prototypes, patchWidth],
    'panther.priors.V_': [prototypes, patchWidth],
    histo_embedding: [1, prototypes, embedding],
    gene_embedding: [1, pathwaySizes.length, embedding],
    ...pathwayNetworkShapes(pathwaySizes, [width, width]),
    'path_proj_net.0.weight': [width, 2 * patchWidth + 1],
    'path_proj_net.0.bias': [width],
    'coattn.0.norm.weight': [token],
    'coattn.0.norm.bias': [token],
    'coattn.0.attn.to_qkv.weight': [3 * half, token],
    'coattn.1.norm.weight': [half],
    'coattn.1.norm.bias': [half],
    'coattn.1.net.*.norm.weight': [tokens, half],
    'coattn.1.net.*.norm.bias': [tokens, half],
    'coattn.1.net.*.net.0.weight': [tokens, half, half],
    'coattn.1.net.*.net.0.bias': [tokens, half],
    'coattn.1.net.*.net.3.weight': [tokens, half, half],
    'coattn.1.net.*.net.3.bias': [tokens, half],
    'coattn.2.weight': [half],
    'coattn.2.bias': [half],
    'classifier.weight': [outputs, token],
  };
}
