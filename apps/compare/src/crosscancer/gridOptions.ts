import type { StackName, TrainingChoice } from '../train/cellSpec.js';
import type { CohortOptions } from '../train/loadCohorts.js';
import type { ScalingBy } from '../train/scaleGenes.js';

/** Models without a deep network, fitted by scikit-survival: in the grid they stand as backbones. */
export const PEERS = ['ridge-cox', 'ridge-cox-both', 'random-survival-forest', 'stage-age'] as const;

export type Peer = (typeof PEERS)[number];

/** What a peer reads; `clinical` is age and stage. */
export const PEER_READS: Readonly<Record<Peer, { genes: boolean; patches: boolean; clinical: boolean }>> = {
  'ridge-cox': { genes: true, patches: false, clinical: false },
  'ridge-cox-both': { genes: true, patches: true, clinical: false },
  'random-survival-forest': { genes: true, patches: false, clinical: false },
  'stage-age': { genes: false, patches: false, clinical: true },
};

/** Whether a backbone's name is a peer's. */
export function isPeer(name: string): name is Peer {
  return (PEERS as readonly string[]).includes(name);
}

/** What a cross-cancer study crosses. */
export interface GridOptions extends CohortOptions {
  /** Each a cohort's name, or several that train together, joined by `+`. */
  readonly sources: readonly string[];
  readonly targets: readonly string[];
  readonly backbones: readonly string[];
  readonly modules: readonly string[];
  readonly seeds: readonly number[];
  /** Folds of a source, and those of them that are held out in turn. */
  readonly folds: number;
  readonly heldOut: readonly number[];
  readonly scaling: ScalingBy;
  readonly stack: StackName;
  readonly training: TrainingChoice;
}
