import type { SurvivalLabel } from '@concord/nn';
import type { SurvPathConfig } from '@concord/backbone-survpath';

/** One case as both stacks get it: numbers on the host. */
export interface ParityCase {
  readonly caseId: string;
  /** [genes] expression packed in pathway order. */
  readonly genes: Float32Array;
  /** [count, patchWidth] patch features. */
  readonly patches: Float32Array;
  readonly patchCount: number;
  readonly label: SurvivalLabel;
}

/** The published training protocol, as both stacks are told it. */
export interface Protocol {
  readonly optimizer: {
    readonly name: 'radam';
    readonly lr: number;
    readonly weightDecay: number;
    readonly betas: readonly [number, number];
    readonly eps: number;
  };
  readonly loss: { readonly alpha: number; readonly eps: number };
}

/** @source HopkinsKwong/MCCSDG@48d5410, scripts/survpath.sh: RAdam, NLL with α ½. */
export const PUBLISHED_PROTOCOL: Protocol = {
  optimizer: { name: 'radam', lr: 5e-4, weightDecay: 1e-3, betas: [0.9, 0.999], eps: 1e-8 },
  loss: { alpha: 0.5, eps: 1e-7 },
};

/** What a run computes on: the model's shapes and the cases. */
export interface ParityInput {
  readonly config: SurvPathConfig;
  readonly cases: readonly ParityCase[];
}
