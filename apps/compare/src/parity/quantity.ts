import type { HostTensor } from './tensor.js';

/** A tensor that three runs computed. `real`: within the yardstick; `exact`: equal element by element. */
export interface TensorQuantity {
  readonly name: string;
  readonly kind: 'real' | 'exact';
  /** TypeScript's: float32 where `real`. */
  readonly ts: HostTensor;
  /** PyTorch's in float64: the truth. */
  readonly oracle: HostTensor;
  /** PyTorch's in float32: its error is the yardstick. */
  readonly torch32: HostTensor;
  /** The published class in float32, where there is one: it has to be within the limit, too. */
  readonly published?: HostTensor;
}

/**
 * A discrete decision (a rank order, a mask drawn from data) that TypeScript took and PyTorch replayed. Two
 * right stacks may decide differently on a near-tie, so what counts is how far from a tie it was.
 */
export interface DecisionQuantity {
  readonly name: string;
  readonly kind: 'decision';
  readonly shape: readonly number[];
  /**
   * How far the decision is from one that float64 would take, in the unit of the tensor it was taken from:
   * 0 when it is the very same.
   */
  readonly violation: number;
  /** The tensor it was taken from: its scale, and the error of PyTorch's float32 run on it. */
  readonly basis: { readonly scale: number; readonly errorTorch32: number };
}

export type Quantity = TensorQuantity | DecisionQuantity;

/** What the comparer found. All errors are relative to `scale`. */
export interface Comparison {
  readonly quantity: string;
  readonly kind: Quantity['kind'];
  readonly shape: readonly number[];
  /** Largest finite |oracle|. */
  readonly scale: number;
  readonly errorTs: number;
  readonly errorTorch32: number;
  readonly errorPublished?: number;
  /** PyTorch's float32 error, or the floor where that is larger. */
  readonly yardstick: number;
  /** `factor` yardsticks; 0 where the quantity has to be exact. */
  readonly limit: number;
  /** errorTs / yardstick. */
  readonly ratio: number;
  readonly pass: boolean;
  /** Index of TypeScript's worst element, one entry for each axis; absent where there is no error. */
  readonly at?: readonly number[];
  /** Why it fails, or what is remarkable although it passes. */
  readonly reason?: string;
}
