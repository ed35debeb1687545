import { DataError } from './dataError.js';
import type { Pathway } from './genes/pathways.js';

/** A patient of a cohort. */
export interface CohortCase {
  /** 12-character barcode. */
  readonly caseId: string;
  readonly slideIds: readonly string[];
  /** Follow-up in months; positive. */
  readonly timeMonths: number;
  /** True where the event was observed, false where follow-up ended before it. */
  readonly event: boolean;
  /** Time bin, from 0. */
  readonly bin: number;
  /** [genes] float32: expression packed in pathway order, see `packPathways`. */
  readonly genes: Float32Array;
  readonly patchCount: number;
  /** [patchCount, patchWidth] float32, read or generated anew at each call: a bag is large. */
  patches(): Float32Array;
  /** Some patches or all, read beside other work, into memory that is there; where the source can do that. */
  load?(rows?: Uint32Array, into?: Float32Array): Promise<Float32Array>;
}

/** Something a reader of results has to know about the data. */
export interface DataFinding {
  /** Short and stable: `synthetic-patches`, `cases-dropped`. */
  readonly kind: string;
  readonly title: string;
  readonly detail: string;
}

/** Cases of one cancer that have what the model needs, paired by case. */
export interface Cohort {
  readonly name: string;
  /** Folder of the tables, or `embedded`. */
  readonly source: string;
  /** What does not come from patients. */
  readonly synthetic: {
    readonly cases: boolean;
    readonly genes: boolean;
    readonly patches: boolean;
    readonly outcomes: boolean;
  };
  readonly pathways: readonly Pathway[];
  readonly patchWidth: number;
  /** Edges of the time bins in months, one more than there are bins. */
  readonly edges: readonly number[];
  readonly cases: readonly CohortCase[];
  /** SHA-256 by file, or of the recipe. */
  readonly digests: Readonly<Record<string, string>>;
  readonly findings: readonly DataFinding[];
}

/** The cancers of the paper, by their TCGA study. */
export const COHORTS = ['brca', 'blca', 'stad', 'hnsc'] as const;

export type CohortName = (typeof COHORTS)[number];

/** @throws DataError naming the cohorts there are. */
export function requireCohortName(name: string): CohortName {
  const found = COHORTS.find((known) => known === name);
  if (!found) throw new DataError('cohort', `unknown ${name}; there are: ${COHORTS.join(', ')}`);
  return found;
}
