import type { FeatureScaling, RawFeatures } from './featureScaling.js';

/** The bag of one case; large ones are read anew at each call. */
export interface CaseBag {
  readonly rows: number;
  readonly slideIds: readonly string[];
  /** Digest of what the bag is read from, where it is a file of its own. */
  readonly digest?: string;
  /** [rows, width] float32. */
  read(): Float32Array;
  /** Some rows or all, read beside other work, into memory that is there; where the source can do that. */
  load?(rows?: Uint32Array, into?: Float32Array): Promise<Float32Array>;
}

/** Histology of many cases as bags of tokens of one width. */
export interface BagSource {
  /** File or folder. */
  readonly path: string;
  /** SHA-256 by path. */
  readonly digests: Readonly<Record<string, string>>;
  readonly width: number;
  /** What each number of a token is. */
  readonly channels: readonly string[];
  /** Each token is a named feature with its value as the first number: a bag is the same features in every case. */
  readonly namedTokens?: boolean;
  readonly cases: ReadonlyMap<string, CaseBag>;
  /** What the reader had to choose or leave out. */
  readonly notes: readonly string[];
  /** What was fitted on cases to make tokens, where anything was. */
  readonly fitted?: FeatureScaling;
  /** Where tokens can be scaled by what is fitted on other cases. */
  readonly raw?: RawFeatures;
  /** Where a file stays open until no more bags are read. */
  close?(): void;
}
