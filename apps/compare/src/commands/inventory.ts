/** A cohort that can be named with `--cohort`. */
export interface CohortFound {
  readonly name: string;
  readonly source: string;
  readonly synthetic: boolean;
  /** Why it cannot be used, where it cannot. */
  readonly missing?: string;
}

/** Who TypeScript can be compared with here. */
export interface WitnessFound {
  readonly name: string;
  readonly found: boolean;
  readonly detail: string;
}

/** What there is to choose from. */
export interface Inventory {
  /** Those of this workspace, and of the project around `cwd`. */
  backbones(cwd: string): readonly string[];
  readonly modules: readonly string[];
  cohorts(dataDir?: string): Promise<readonly CohortFound[]>;
  witnesses(cwd: string, publishedDir?: string): Promise<readonly WitnessFound[]>;
}
