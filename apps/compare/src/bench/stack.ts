/** Seconds of the parts of one training step. */
export interface StepSeconds {
  readonly forward: number;
  readonly backward: number;
  readonly optimiser: number;
}

/** A stack whose training step is timed, in a process of its own. */
export interface Stack {
  readonly name: 'typescript' | 'reference' | 'published';
  readonly parameters: number;
  step(): Promise<StepSeconds>;
  /** Forget the peak of memory so far. */
  reset(): Promise<void>;
  /** Largest resident memory since, in bytes. */
  peak(): Promise<number>;
  close(): Promise<void>;
}

/** What is measured. */
export interface BenchCase {
  readonly config: {
    readonly pathwaySizes: readonly number[];
    readonly patchWidth: number;
    readonly width: number;
    readonly bins: number;
  };
  readonly patches: number;
  readonly seed: number;
}
