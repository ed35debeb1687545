/** What the numbers of an expression table are. */
export type ExpressionUnit =
  'counts' | 'tpm' | 'fpkm' | 'fpkm-uq' | 'log2(tpm+1)' | 'log2(tpm+0.001)' | 'z-score' | 'unstated';

/** Expression of all cases: one row a case, one column a gene. */
export interface ExpressionTable {
  readonly path: string;
  readonly sha256: string;
  readonly unit: ExpressionUnit;
  readonly genes: readonly string[];
  /** [genes] each, by case id. */
  readonly cases: ReadonlyMap<string, Float64Array>;
  /** What the reader had to choose: aliquots left out, symbols merged. */
  readonly notes: readonly string[];
}
