import type { BrokenCell } from '../studyFolder.js';
import type { Role, Stack, StudyFile } from './studySchema.js';

/** Anything that could not be computed says why. */
export interface NotComputed {
  readonly reason: string;
}

/** A method and how much of it ran. */
export interface MethodRow {
  readonly method: string;
  readonly backbone: string;
  readonly module: string;
  readonly stack: Stack;
  readonly deep: boolean;
  readonly cells: number;
  readonly seconds: number;
  readonly parameters: number | null;
}

/** A number with its interval from resampled cases. */
export interface WithInterval {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
  /** Half of the interval: the smallest distance from chance, or from a fixed number, that can be shown. */
  readonly resolution: number;
}

/** Mean C of a method from one source to one target. */
export interface ResultRow {
  readonly method: string;
  readonly source: string;
  readonly target: string;
  readonly role: Role;
  readonly cells: number;
  readonly cases: number;
  readonly events: number;
  readonly cindex: WithInterval | NotComputed;
  /** Standard deviation of C over seeds, folds averaged; null for one seed. */
  readonly seedDeviation: number | null;
  /** Log-rank test of the two risk groups. */
  readonly logRank: { readonly p: number; readonly statistic: number } | NotComputed;
}

/** How a method does over all pairs. */
export interface MeanRow {
  readonly method: string;
  readonly crossDomain: WithInterval | NotComputed;
  readonly inDomain: WithInterval | NotComputed;
  /** 1 is best, over the pairs that every method has; null where methods cannot be ranked. */
  readonly meanRank: number | null;
}

/** One method less another. */
export interface DifferenceRow {
  readonly method: string;
  readonly against: string;
  /** Null: the mean over cross-domain pairs. */
  readonly source: string | null;
  readonly target: string | null;
  readonly role: Role;
  readonly pairs: number;
  readonly runs: number;
  readonly found: Difference | NotComputed;
}

/** A difference that was judged. */
export interface Difference {
  /** Mean C of both over the runs that both have: in an unfinished study not the mean over all. */
  readonly first: number;
  readonly second: number;
  readonly difference: number;
  readonly lower: number;
  readonly upper: number;
  /** Both sources of chance. */
  readonly p: number;
  /** Holm's over the family that the row belongs to. */
  readonly pCorrected: number;
  /** Corrected resampled t-test over folds and seeds alone; null for one run or none that varies. */
  readonly trainingP: number | null;
  readonly caseDeviation: number;
  readonly trainingDeviation: number | null;
  /** The smallest difference that can be told from none. */
  readonly resolution: number;
  readonly belowNoise: boolean;
  readonly verdict: string;
}

/** Ranks of methods over cross-domain pairs. */
export interface Ranking {
  readonly pairs: number;
  readonly ranks: readonly { readonly method: string; readonly meanRank: number }[];
  readonly friedman: { readonly statistic: number; readonly p: number };
  readonly criticalDifference: number;
  /** Methods that the critical difference cannot tell apart, from the best; only sets within no other. */
  readonly groups: readonly (readonly string[])[];
}

/** A run that both stacks made. */
export interface StackRow {
  readonly method: string;
  readonly source: string;
  readonly seed: number;
  readonly fold: number;
  /** Largest distance of the two losses over the epochs; null where one has no curve. */
  readonly lossGap: number | null;
  readonly cindexGap: number | null;
}

/** How far TypeScript's numbers lie from PyTorch's in float64, and how far PyTorch's own in float32. */
export interface Distance {
  readonly count: number;
  readonly error: number;
  readonly yardstick: number;
  readonly ratio: number;
}

/** A run that both stacks took step by step, with the same cases, patches and draws. */
export interface AgreementRow {
  readonly method: string;
  readonly source: string;
  readonly seed: number;
  readonly fold: number;
  /** Of all steps. */
  readonly losses: Distance;
  /** Of all judged cases. */
  readonly risks: Distance;
  /** Judged cohorts that have a C-index, those of them where all runs of PyTorch agree on it to three decimals. */
  readonly cohorts: number;
  readonly decided: number;
  /** Of the decided ones, those where TypeScript says the same. */
  readonly same: number;
  readonly agrees: boolean;
}

/** What a signal planted into a synthetic cohort allows, and what was reached. */
export interface PlantedRow {
  readonly cohort: string;
  readonly planted: number;
  readonly inDomain: { readonly method: string; readonly value: number } | null;
  readonly crossDomain: { readonly method: string; readonly source: string; readonly value: number } | null;
}

/** Everything that a study says; `concord.crosscancer/1`, described by its schema in apps/compare/schema. */
export interface StudyReport {
  readonly schema: 'concord.crosscancer/1';
  /** Whether a deep model beats ridge Cox, in one sentence. */
  readonly headline: string;
  readonly study: Omit<StudyFile, 'schema'>;
  readonly settings: { readonly resamples: number; readonly seed: number; readonly confidence: number };
  readonly cells: {
    readonly done: number;
    readonly broken: readonly BrokenCell[];
    readonly unfinished: readonly string[];
    /** Runs that every other source, seed or fold of the same method has. */
    readonly missing: readonly string[];
  };
  readonly methods: readonly MethodRow[];
  readonly results: readonly ResultRow[];
  readonly means: readonly MeanRow[];
  /** Each method less its plain backbone: the mean over pairs, then pair by pair. */
  readonly differences: readonly DifferenceRow[];
  /** The ridge Cox that deep methods are compared with: the stronger one across cancers; null where none ran. */
  readonly ridge: string | null;
  /** Each deep method less that ridge Cox, mean over pairs. */
  readonly againstRidge: readonly DifferenceRow[];
  readonly ranking: Ranking | NotComputed;
  readonly planted: readonly PlantedRow[];
  readonly stacks: readonly StackRow[];
  readonly agreement: readonly AgreementRow[];
}

/** Whether something was computed. */
export function computed<T extends object>(value: T | NotComputed): value is T {
  return !('reason' in value);
}
