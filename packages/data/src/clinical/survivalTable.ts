/** What can end the follow-up of a case: any death, death of the disease, progression, relapse after cure. */
export const ENDPOINTS = ['os', 'dss', 'pfi', 'dfi'] as const;

export type Endpoint = (typeof ENDPOINTS)[number];

/** One endpoint of one case. */
export interface Outcome {
  /** Follow-up in months of `SurvivalTable.daysPerMonth` days; above 0. */
  readonly timeMonths: number;
  /** True where the event was observed, false where follow-up ended before it. */
  readonly event: boolean;
}

/** What a table says of one case; what it does not say is absent. */
export interface ClinicalCase {
  /** 12-character barcode. */
  readonly caseId: string;
  readonly outcomes: Readonly<Partial<Record<Endpoint, Outcome>>>;
  /** In the order of the table, each once. */
  readonly slideIds: readonly string[];
  /** Years at diagnosis. */
  readonly age?: number;
  readonly sex?: 'female' | 'male';
  readonly stage?: string;
  readonly grade?: string;
  readonly subtype?: string;
  /** Tissue source site, from the barcode's second part. */
  readonly site?: string;
}

/** A row or an endpoint that could not be used, and why. */
export interface Exclusion {
  readonly where: string;
  /** The case, as far as the table names one. */
  readonly caseId: string;
  /** Absent: the whole row. */
  readonly endpoint?: Endpoint;
  readonly reason: string;
}

/** One record a case from one source. Events are events: whatever the source's convention, it ends here. */
export interface SurvivalTable {
  readonly path: string;
  readonly sha256: string;
  /** Days that this source counts as a month: 30 in SurvPath's tables, 30.44 in PORPOISE's. */
  readonly daysPerMonth: number;
  readonly cases: ReadonlyMap<string, ClinicalCase>;
  readonly excluded: readonly Exclusion[];
}
