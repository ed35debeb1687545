import type { ClinicalCase, CohortCase, Pathway, RawFeatures } from '@concord/data';

/** A cohort as studies use it: genes as they were measured, to be scaled when it is known who trains. */
export interface StudyCohort {
  readonly name: string;
  readonly cases: readonly CohortCase[];
  readonly pathways: readonly Pathway[];
  /** Symbol of each gene, by the positions that `pathways` has. */
  readonly genes: readonly string[];
  readonly patchWidth: number;
  /** Time bins. */
  readonly bins: number;
  /** How its genes are to be scaled. */
  readonly scaling: 'global-min-max' | 'z-score' | 'none';
  /** Histology features that are to be scaled in the same way; otherwise patches stay as they are. */
  readonly rawFeatures?: RawFeatures;
  /** Whether each token of a bag is a named feature, its value first, and not a patch. */
  readonly namedTokens: boolean;
  /** Whether cases, genes or outcomes come from a generator, and whether patches do. */
  readonly synthetic: { readonly cases: boolean; readonly patches: boolean };
  /** Where patches come from, for people. */
  readonly histology: string;
  readonly digests: Readonly<Record<string, string>>;
  /** The planted risk by case, of a synthetic cohort. */
  readonly planted?: ReadonlyMap<string, number>;
  /** Age, stage and the like, by case. */
  readonly clinical?: ReadonlyMap<string, ClinicalCase>;
  readonly notes: readonly string[];
  close(): void;
}
