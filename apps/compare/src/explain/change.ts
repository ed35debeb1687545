/** What may differ between two judged runs, and what a C-index can be computed without. */
export type ChangeName =
  | 'cases of A alone'
  | 'cases of B alone'
  | 'outcomes'
  | 'event flag'
  | 'risks'
  | 'direction of risk'
  | 'folds'
  | 'metric'
  | 'ties'
  | 'weighting of folds'
  /** Cases, outcomes and risks at once, where too few cases are common to take them apart. */
  | 'cases and models'
  /** One difference of how the runs were made, in place of `risks`, where what lies between was trained. */
  | `trained ${string}`;

/** One difference of two judged runs that can be taken from B alone. */
export interface Change {
  readonly name: ChangeName;
  /** What is different, with numbers, as the end of "because …". */
  readonly words: string;
}
