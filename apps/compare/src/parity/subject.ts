import type { SurvivalLabel } from '@concord/nn';
import type { InputShape } from '@concord/backbone';

/** One case as both stacks get it: numbers on the host. */
export interface ParityCase {
  readonly caseId: string;
  /** [genes] expression packed in pathway order. */
  readonly genes: Float32Array;
  /** [count, patchWidth] patch features. */
  readonly patches: Float32Array;
  readonly patchCount: number;
  readonly label: SurvivalLabel;
  /** k-means cluster of each patch, for backbones that read clusters. */
  readonly clusters?: Int32Array;
}

/** What a run computes on: the shape of the input and the cases. */
export interface ParityInput {
  readonly shape: InputShape;
  readonly cases: readonly ParityCase[];
}

/** The same cases with bags of `count` patches: the first ones. @throws RangeError naming a case with fewer. */
export function cutBags({ shape, cases }: ParityInput, count: number): ParityInput {
  return {
    shape,
    cases: cases.map((one) => {
      if (one.patchCount < count) {
        throw new RangeError(`${one.caseId} has ${one.patchCount} patches, fewer than ${count}`);
      }
      return {
        ...one,
        patchCount: count,
        patches: one.patches.subarray(0, count * shape.patchWidth),
        ...(one.clusters && { clusters: one.clusters.subarray(0, count) }),
      };
    }),
  };
}
