import type { BagModule } from '@concord/modules';
import type { Draw, NamedArray, PassOptions, SurvivalLabel, TapeReader, Weights } from '@concord/nn';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Protocol } from './protocol.js';

/** What of a case a backbone reads. */
export interface Modalities {
  readonly genes: boolean;
  readonly patches: boolean;
  /** The k-means clusters of a case's patches, where a backbone pools by them: how many. */
  readonly clusters?: number;
}

/** What a cohort fixes of a model's shapes. */
export interface InputShape {
  /** Pathways, or other groups of genes, each as positions in the cohort's gene list; every one at least one. */
  readonly pathways: readonly (readonly number[])[];
  /** Width of a patch's feature vector. */
  readonly patchWidth: number;
  /** Time bins. */
  readonly bins: number;
}

/** One case as a model sees it; borrowed. */
export interface CaseInput {
  /** [Σ pathway sizes] expression, packed in pathway order: a gene of several pathways comes once for each. */
  readonly genes: Tensor1D;
  /** [patches, patchWidth] features of all slides of the case. */
  readonly patches: Tensor2D;
  /** Cluster of each patch, for a backbone that reads clusters. */
  readonly clusters?: Int32Array;
  /** Outcome, for a backbone that looks at it in training (PIBD). */
  readonly label?: SurvivalLabel;
}

/** How one forward pass is run. */
export interface ForwardOptions extends PassOptions {
  /** Plugged in at the backbone's plug-in point. */
  readonly module?: BagModule;
}

/** Lengths of the bags at the plug-in point; a backbone of one modality has one of them, or no tokens at all. */
export interface PlugInSizes {
  /** Patch tokens. */
  readonly strong?: number;
  /** Gene tokens. */
  readonly weak?: number;
  /** Width of the weak tokens, or of the strong ones where there are no others; 0 without tokens. */
  readonly width: number;
  /** How often a module is called in one pass, where that is not once; see `plugInCall`. */
  readonly calls?: number;
  /** Width of the strong tokens, where the weak ones have another. */
  readonly strongWidth?: number;
  /** True where the weak bag is one vector and has to stay one: `released` would repeat it for every patch. */
  readonly weakIsVector?: boolean;
}

/** What a forward pass gives; owned by the caller. */
export type Output = {
  /** [1, bins] hazard logits; [1, 1] the log-risk of a model trained by the partial likelihood. */
  readonly logits: Tensor2D;
  /** A term that the backbone adds to the survival loss in training, scalar: this case's own. */
  readonly auxiliary?: Tensor;
  /** Vectors by which `couple` compares the cases of a batch. */
  readonly embeddings?: Readonly<Record<string, Tensor>>;
};

/** One case of a batch, with the draws of its pass. */
export interface BatchCase {
  readonly input: CaseInput;
  /** Needed in training. */
  readonly tape?: TapeReader;
}

/** A backbone with its shapes fixed. */
export interface BackboneModel {
  /** The backbone's own draws in one training pass over a bag of this many patches. */
  draws(patches: number): Draw[];
  /** Its draws in one evaluation, where it has any; without a tape it draws them itself, always the same. */
  evaluationDraws?(patches: number): Draw[];
  /** The bags that a module is given, for a case of this many patches. */
  plugIn(patches: number): PlugInSizes;
  /** @param weights by the names of `weightShapes`, borrowed. @throws Error naming a weight that is missing. */
  forward(input: CaseInput, weights: Weights, options: ForwardOptions): Output;
  /** What `forward` gives for each case, in fewer and larger operations; the tap sees the first case. */
  forwardBatch?(
    cases: readonly BatchCase[],
    weights: Weights,
    options: Omit<ForwardOptions, 'tape'>,
  ): Output[];
  /**
   * A term of the training loss that compares the cases of a batch, summed over them; owned by the caller.
   *
   * @param outputs of the batch's cases, in their order, borrowed.
   */
  couple?(outputs: readonly Output[], weights: Weights, options: PassOptions): Tensor;
  dispose(): void;
}

/** A file of a published repository. */
export interface PublishedFile {
  /** `owner/name`. */
  readonly repository: string;
  readonly commit: string;
  readonly file: string;
}

/** The published class that a backbone is compared with. */
export interface PublishedClass extends PublishedFile {
  /** What of other repositories its adapter reads. */
  readonly beside?: readonly PublishedFile[];
  /** Width of patch features where the class fixes it. Parity generates patches of this width. */
  readonly patchWidth?: number;
  /** Genes of each group at the published setting, where these are not SurvPath's pathways. */
  readonly pathwaySizes?: readonly number[];
  /** What had to be set right around the class, never in it, before it ran here; each is a finding. */
  readonly helped?: readonly PublishedHelp[];
}

/** A line of a published file that does not run everywhere, and how it was made to. */
export interface PublishedHelp {
  readonly file: string;
  readonly line: number;
  /** What the line does, and what stands in for what it lacks. */
  readonly detail: string;
}

/**
 * A backbone as a package declares it: `export const backbone` of the package whose package.json says
 * `"concord": { "backbone": "<name>" }`. python-bridge has its counterpart under the same name.
 */
export interface Backbone<Config extends object = object> {
  /** As the command line names it. */
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  readonly reads: Modalities;
  /** Paper, and where the published class lies, if it was published. */
  readonly source: string;
  readonly published?: PublishedClass;
  /** Whether its forward pass takes discrete decisions (a top k), which the other stack has to replay. */
  readonly decides?: boolean;
  /** How it is trained where it was published; SurvPath's protocol unless said otherwise. */
  readonly protocol?: Protocol;
  /** Weights that stack several layers along their first axis, and the layers' names: each is judged by its own scale. */
  readonly stacked?: Readonly<Record<string, readonly string[]>>;
  /** The published widths for this input. @throws RangeError if they do not fit it. */
  configure(shape: InputShape): Config;
  /**
   * The same layers with fewer channels and landmarks, where the published ones are dear even for a small bag.
   * Parity's small preset compares module variants on it, and `plain` on the published widths.
   */
  configureSmall?(shape: InputShape): Config;
  /**
   * Shape of every weight, in the order of the forward pass. Names and layouts are those of the published state
   * dict. A name with a `*` packs the weights that have a number in its place: along a new first axis, or, where
   * `ragged` lists it, transposed and one below the other.
   */
  weightShapes(config: Config): Readonly<Record<string, readonly number[]>>;
  /** Weights that pack one matrix [out, nᵢ] for each number, transposed, one below the other: the nᵢ of each. */
  ragged?(config: Config): Readonly<Record<string, readonly number[]>>;
  /** Weights that training leaves alone: prepared before it, or never used by the published forward. */
  readonly frozen?: readonly string[];
  /** Weights under the published initialisation. */
  initialWeights(config: Config, seed: number): Record<string, NamedArray>;
  create(config: Config): BackboneModel;
}
