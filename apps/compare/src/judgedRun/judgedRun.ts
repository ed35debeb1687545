import type { Facts, Setting } from './facts.js';

/** A value and where it stands: a file with its key, or with its line. */
export interface Known<T> {
  readonly value: T;
  readonly from: string;
}

/** What a case was in a run. */
export type Part = 'training' | 'validation' | 'test';

/** A row of a table about cases; what its file does not say is absent. */
export interface CaseRow {
  /** As the file writes it; a slide's name where there is no column of cases. */
  readonly caseId: string;
  readonly slideId?: string;
  /** Where the table counts slides instead of naming them. */
  readonly slides?: number;
  readonly cohort?: string;
  readonly part?: Part;
  readonly fold?: string;
  /** Which training, where a file holds several: `7 mcat`. */
  readonly run?: string;
  /** Of follow-up, in the unit of the table. */
  readonly time?: number;
  /** The time as it is written: its digits say how far it was rounded. */
  readonly timeText?: string;
  readonly event?: boolean;
  /** Time bin, from 0. */
  readonly bin?: number;
  /** Higher = the event comes sooner; NaN where the cell is no number. */
  readonly risk?: number;
  /** [bins], of discrete time. */
  readonly hazards?: readonly number[];
  /** Patches of its bag. */
  readonly patches?: number;
  /** Width of its features. */
  readonly width?: number;
  /** File and line. */
  readonly from: string;
}

/** A table about cases: risks, outcomes, slides, or several of them. */
export interface CaseTable {
  /** Relative to the folder of the run. */
  readonly file: string;
  /** Values that are right whatever the run made of them: the file lies in `reference`. */
  readonly reference: boolean;
  readonly unit: 'months' | 'days' | 'years' | 'unknown';
  /** The columns that were understood, by what they mean. */
  readonly columns: Readonly<Record<string, string>>;
  readonly rows: readonly CaseRow[];
}

/** Who trains, validates and is tested, by one file or one fold of it. */
export interface RunSplit {
  readonly from: string;
  readonly fold?: string;
  readonly cases: Readonly<Record<Part, readonly string[]>>;
}

/** A row of a training log; NaN where a cell is there and is no number. */
export interface LogRow {
  readonly epoch?: number;
  readonly step?: number;
  readonly loss?: number;
  readonly validationLoss?: number;
  readonly validationCindex?: number;
  readonly testLoss?: number;
  readonly testCindex?: number;
  readonly from: string;
}

/** A training log, in the order of its file. */
export interface TrainingLog {
  readonly file: string;
  readonly fold?: string;
  readonly by: 'epoch' | 'step';
  readonly rows: readonly LogRow[];
}

/** What the genes of each case are. */
export interface GeneTable {
  readonly file: string;
  readonly reference: boolean;
  readonly genes: readonly string[];
  readonly cases: readonly string[];
  /** Values of one case, in the order of `genes`; NaN where a cell is no number. */
  readonly row: (index: number) => Float64Array;
  readonly where: (index: number) => string;
}

/** Gene sets by name. */
export interface PathwayTable {
  readonly file: string;
  readonly sets: ReadonlyMap<string, readonly string[]>;
}

/** A file of the folder that could not be used, and why. */
export interface UnusedFile {
  readonly file: string;
  readonly why: string;
}

/**
 * A run as its folder shows it, whoever made it: what is known, where that stands, and, by what is absent, what is
 * not known.
 */
export interface JudgedRun {
  readonly folder: string;
  /** By `concord train`, a cell of its study, or by anybody else. */
  readonly form: 'concord' | 'cell' | 'folder';
  readonly tables: readonly CaseTable[];
  readonly splits: readonly RunSplit[];
  readonly logs: readonly TrainingLog[];
  readonly genes: readonly GeneTable[];
  readonly pathways: readonly PathwayTable[];
  /** Files of weights, absolute. */
  readonly checkpoints: readonly string[];
  /** Files of patch features, absolute. */
  readonly bags: readonly string[];
  /** What its configuration and results say, in one vocabulary. */
  readonly facts: Facts;
  /** Everything that they say, key by key. */
  readonly settings: readonly Setting[];
  readonly unused: readonly UnusedFile[];
}

/** Something about a folder stops it from being judged: where, what, and what to do. */
export class JudgedRunError extends Error {
  override readonly name = 'JudgedRunError';
}
