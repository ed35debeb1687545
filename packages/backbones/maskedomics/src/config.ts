/** What fixes MaskedOmics' shapes. */
export interface MaskedOmicsConfig {
  /** Distinct genes. */
  readonly genes: number;
  /** Genes of each pathway, as positions among the distinct ones; each pathway has at least one. */
  readonly pathways: readonly (readonly number[])[];
  /** Units of each pathway in both masked layers: 8 and 16 as published. */
  readonly units: readonly [number, number];
  /** Time bins: 4 as published. */
  readonly bins: number;
}

/** Shape of every weight, under the names of the published state dict; masked ones are [in, out]. */
export function weightShapes(config: MaskedOmicsConfig): Record<string, readonly number[]> {
  const { genes, pathways, units, bins } = config;
  const [first, second] = units.map((each) => each * pathways.length) as [number, number];
  const hidden = Math.floor(second / 4);
  return {
    fc_1_weight: [genes, first],
    fc_1_bias: [first],
    fc_2_weight: [first, second],
    fc_2_bias: [second],
    'to_logits.0.weight': [hidden, second],
    'to_logits.0.bias': [hidden],
    'to_logits.3.weight': [bins, hidden],
    'to_logits.3.bias': [bins],
  };
}
