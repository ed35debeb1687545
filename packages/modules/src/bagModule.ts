import type { Draw, Mode, Tap, TapeReader } from '@concord/nn';
import type { Tensor3D } from '@tensorflow/tfjs-core';

/** Two bags of tokens of the same cases, each [batch, tokens, width] float32; the batch shares all draws. */
export interface Bags {
  /** Slide patches. */
  readonly strong: Tensor3D;
  /** Gene pathways. */
  readonly weak: Tensor3D;
}

/** Which of the two bags. */
export type Side = keyof Bags;

/** Lengths of the bags that a module will see. */
export interface BagSizes {
  readonly strong: number;
  readonly weak: number;
  readonly width: number;
}

/** The part of a module that needs one bag only: what backbones of a single modality take. */
export interface SingleBag {
  draws(side: Side, tokens: number): Draw[];
  /** As `BagModule.apply`, for the bag of one side. */
  apply(side: Side, tokens: Tensor3D, tape: TapeReader, mode: Mode, tap?: Tap): Tensor3D;
}

/** A plug-in between a backbone's two bags and its fusion. */
export interface BagModule {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** True where it takes discrete decisions from real numbers, which others replay from the tape. */
  readonly decides?: boolean;
  /** True where both bags need tokens of one width. */
  readonly oneWidth?: boolean;
  /** True where it takes the spread over a bag's tokens, of which a single one has none. */
  readonly manyTokens?: boolean;
  /** Every random draw that one training step needs. */
  draws(sizes: BagSizes): Draw[];
  /**
   * @param bags borrowed. @param tape is not touched in evaluation.
   * @returns bags owned by the caller's `tidy`; they may be the ones given.
   */
  apply(bags: Bags, tape: TapeReader, mode: Mode, tap?: Tap): Bags;
  /** Absent where the module means nothing without a second bag. */
  readonly single?: SingleBag;
}
