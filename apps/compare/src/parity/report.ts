import type { Comparison } from './quantity.js';

/** Version of the report's form; schema/parity-1.schema.json describes it. */
export const REPORT_SCHEMA = 'concord-parity/1';

/** When a quantity was looked at: evaluation forward, training forward, gradients, weights after k steps, risks. */
export type Stage = 'evaluation' | 'training' | 'gradient' | `step ${number}` | 'risk';

/** Who TypeScript was compared with: our own PyTorch, or the published class. */
export type Witness = 'reference' | 'published';

export type Status = 'same' | 'differs' | 'not compared';

/** What is compared: one backbone with one module variant, against one witness. */
export interface Subject {
  readonly backbone: string;
  readonly variant: string;
  readonly witness: Witness;
}

/** One quantity of one subject at one stage. */
export interface ParityRow extends Subject, Comparison {
  readonly stage: Stage;
  /** Position along the forward pass, from 0; a weight stands where it is used. */
  readonly order: number;
}

/** How one subject ended. */
export interface SubjectVerdict extends Subject {
  readonly status: Status;
  /** Largest ratio over its rows; 0 where there is none. */
  readonly worstRatio: number;
  readonly passed: number;
  readonly failed: number;
  /** Why it was not compared. */
  readonly reason?: string;
  readonly seconds?: number;
}

/** Something a reader should know that is no number: a published class that fails, synthetic data, a fallback. */
export interface Finding {
  readonly subject?: Subject;
  /** Short and stable, for machines: `published-fails`, `synthetic-patches`, `backend-fallback`. */
  readonly kind: string;
  readonly title: string;
  readonly detail: string;
  /** Where it can be checked: repository, commit, file, line. */
  readonly source?: string;
}

export interface Environment {
  readonly node: string;
  readonly tfjs: string;
  readonly backend: {
    readonly name: string;
    readonly tensorflow?: string;
    readonly gpu: boolean;
    readonly notNative?: string;
  };
  readonly python: string;
  readonly torch: string;
  readonly numpy: string;
  readonly os: string;
  readonly cpu: string;
  /** Commit of this repository, if it is one. */
  readonly commit?: string;
  readonly dirty?: boolean;
  /** ISO 8601, UTC. */
  readonly date: string;
}

/** What the run stood on. */
export interface DataSummary {
  readonly cohort: string;
  /** Where it came from: a folder, or `embedded`. */
  readonly source: string;
  readonly synthetic: {
    readonly cases: boolean;
    readonly genes: boolean;
    readonly patches: boolean;
    readonly outcomes: boolean;
  };
  /** SHA-256 of each file or generated table that was read, by name. */
  readonly digests: Readonly<Record<string, string>>;
  readonly cases: number;
  readonly pathways: number;
  /** Patches of a case, the smallest and the largest bag. */
  readonly patches: readonly [number, number];
  readonly patchWidth?: number;
}

export interface Tape {
  readonly digest: string;
  readonly file?: string;
  readonly seed: number;
}

export interface Settings {
  readonly preset: string;
  readonly steps: number;
  readonly factor: number;
  readonly floorUlps: number;
  readonly [name: string]: string | number | boolean;
}

/** The first row that failed, in the order of computation. */
export interface FirstDivergence extends Subject {
  readonly stage: Stage;
  readonly quantity: string;
}

export interface Summary {
  readonly status: Status;
  /** Rows that passed, over all subjects. */
  readonly passed: number;
  readonly failed: number;
  /** Subjects that could not be compared. */
  readonly notCompared: number;
  readonly worstRatio: number;
  readonly firstDivergence?: FirstDivergence;
}

/** What `concord parity --json` writes. */
export interface ParityReport {
  readonly schema: typeof REPORT_SCHEMA;
  /** The command line that makes the run again. */
  readonly command: string;
  readonly environment: Environment;
  readonly data: DataSummary;
  readonly tape: Tape;
  readonly settings: Settings;
  /** All rows of all subjects. */
  readonly subjects: readonly ParityRow[];
  /** One entry for each subject, those without rows included. */
  readonly verdicts: readonly SubjectVerdict[];
  readonly findings: readonly Finding[];
  readonly summary: Summary;
}
