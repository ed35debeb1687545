import type { ChangeName } from './change.js';
import type { Measure } from './comparedRun.js';

/** Version of the form of an explanation; its schema is in apps/compare/schema. */
export const EXPLANATION_SCHEMA = 'concord.explain/1';

/** What was resampled, and what that says of a figure. */
export interface Chance {
  readonly lower: number;
  readonly upper: number;
  /** The smallest figure that these cases can tell from none. */
  readonly smallest: number;
  readonly belowNoise: boolean;
  /** In words, for people. */
  readonly verdict: string;
}

/** One part of the difference of two C-indices. Parts add up to the whole. */
export interface Part {
  readonly name: ChangeName | `${'reported figure' | 'slides'} of ${'A' | 'B'}`;
  /** What is different. */
  readonly words: string;
  /** What it moves: the mean over all orders in which the differences can be made. */
  readonly share: number;
  /** When it alone is taken over from B; null where that cannot be computed. */
  readonly alone: number | null;
  /** When it alone is taken back to A's at the end, sign turned; null likewise. */
  readonly last: number | null;
  /** Over resampled cases; absent where it was not resampled. */
  readonly chance?: Chance;
}

/** A difference that no C-index can be computed of without another training. */
export interface MadeDifference {
  readonly name: string;
  /** Null where a run's files do not say. */
  readonly a: string | null;
  readonly b: string | null;
  readonly where: readonly string[];
  /** The run `of` with this alone changed to the other's, as it can be pasted; absent where no command does it. */
  readonly command?: string;
  readonly of?: 'A' | 'B';
  /** What it moves, where it was trained. */
  readonly trained?: {
    readonly alone: number | null;
    readonly last: number | null;
    readonly share: number | null;
  };
}

/** What one run says of itself. */
export interface SideOfExplanation {
  readonly name: string;
  /** Which of its cases are meant: cohort and part. */
  readonly judged: string;
  /** Rows that it has a risk of: cases, or slides where it judges those. */
  readonly cases: number;
  readonly events: number;
  /** Null where no pair of cases is comparable. */
  readonly cindex: number | null;
  readonly measure: Measure & { readonly words: string };
  readonly reported: number | null;
}

/** Why two C-indices differ. */
export interface Explanation {
  readonly schema: typeof EXPLANATION_SCHEMA;
  readonly command: string;
  readonly status: 'equal' | 'explained' | 'unexplained';
  /** The answer in a sentence or two. */
  readonly headline: string;
  readonly a: SideOfExplanation;
  readonly b: SideOfExplanation;
  /** Cases that both judge. */
  readonly common: number;
  /** B less A, of the reported figures where they are there. */
  readonly difference: number;
  readonly chance?: Chance;
  /** By size. */
  readonly parts: readonly Part[];
  /** The difference less what each part moves alone; null where some cannot be computed alone. */
  readonly interaction: number | null;
  /** Orders in which the differences can be made, over which shares are means. */
  readonly orders: number;
  /** Differences that move nothing by themselves, such as another unit of time. */
  readonly harmless: readonly string[];
  /** Differences in how the runs were made; they are behind other risks. */
  readonly made: readonly MadeDifference[];
  /** What remains unexplained, each in a sentence. */
  readonly open: readonly string[];
  readonly notes: readonly string[];
  readonly resamples: number;
  readonly seed: number;
}
