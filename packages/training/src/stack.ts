import type { Backbone, Protocol } from '@concord/backbone';
import type { BagModule } from '@concord/modules';
import type { NamedArray, Tape } from '@concord/nn';
import type { TensorData } from '@concord/safetensors';
import type { Bag } from './bags.js';
import type { TrainingCase } from './trainingSet.js';

/** A model as both stacks are told it. */
export interface TrainedModel {
  readonly backbone: Backbone;
  readonly config: object;
  readonly module: BagModule;
  readonly weights: Readonly<Record<string, NamedArray>>;
  readonly protocol: Protocol;
  readonly patchWidth: number;
  /** Folders in which Python looks for the backbone's counterpart, beside python-bridge. */
  readonly pythonFolders: readonly string[];
}

/** One forward pass in training, or in evaluation, where a tape is needed only by models that draw then. */
export interface Pass {
  readonly one: TrainingCase;
  readonly bag: Bag;
  readonly tape?: Tape;
}

/** One optimiser step. */
export interface Step {
  /** From 0, counted through the training. */
  readonly number: number;
  /** Of the learning rate. */
  readonly factor: number;
  readonly batches: readonly (readonly Pass[])[];
}

/** What a model says of a case. */
export interface Judgement {
  /** Higher is worse. */
  readonly risk: number;
  /** [bins]; none from a model of log-risks. */
  readonly hazard?: readonly number[];
  /** Survival loss of the case by itself. */
  readonly loss: number;
  /** The vector before the last layer, where there is one. */
  readonly embedding?: readonly number[];
}

/** Everything by which a stack goes on where it stopped. */
export type StackState = Readonly<Record<string, TensorData>>;

/** A training in one stack: weights and optimiser, driven step by step. */
export interface TrainingStack {
  readonly name: 'ts' | 'torch' | 'both';
  /**
   * @returns the objective of each batch, divided by the protocol's accumulation.
   * @throws DivergedError naming step and cases, before the weights are touched.
   */
  step(step: Step): Promise<readonly number[]>;
  /** @param withEmbedding asks for the vector before the last layer as well. */
  evaluate(pass: Pass, withEmbedding?: boolean): Promise<Judgement>;
  state(): Promise<StackState>;
  /** @throws Error if the state is not one of this model. */
  restore(state: StackState): Promise<void>;
  close(): Promise<void>;
}
