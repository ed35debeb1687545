import { DataError } from '../dataError.js';
import { standardise } from '../genes/scaling.js';

/** What stands in for a feature that was not measured. */
export type FillRule = 'refuse' | 'zero' | 'median';

/** What stands in for a blank, then `(value − shift) · scale`, for each feature by name. Plain data. */
export type FeatureScaling = Readonly<
  Record<string, { readonly fill: number; readonly shift: number; readonly scale: number }>
>;

/**
 * Histology features as they were measured, to be scaled by what is fitted on any cases: a study decides from run
 * to run who trains.
 */
export interface RawFeatures {
  /** In the order of a bag's tokens. */
  readonly names: readonly string[];
  readonly fill: FillRule;
  /** [features] for each slide of these cases; NaN where nothing was measured. */
  slides(cases: ReadonlySet<string>): Float64Array[];
  /**
   * The bag of a case [features, width] under another scaling.
   *
   * @throws DataError for a feature that the scaling does not have.
   */
  bag(caseId: string, scaling: FeatureScaling): Float32Array;
}

/**
 * Blanks filled, to mean 0 and variance 1 over these slides; a feature that never varies becomes 0.
 *
 * @param slides each [features], borrowed. @param where the table, for the message.
 * @throws DataError for a feature that none of these slides has.
 */
export function fitFeatures(
  names: readonly string[],
  slides: readonly Float64Array[],
  fill: FillRule,
  where: string,
): FeatureScaling {
  return Object.fromEntries(
    names.map((name, f) => {
      const values = slides.map((slide) => slide[f]!);
      const measured = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
      if (measured.length === 0) {
        throw new DataError(`${where}, feature ${name}`, 'was never measured in the cases to fit on');
      }
      const half = measured.length >> 1;
      const median = measured.length % 2 ? measured[half]! : (measured[half - 1]! + measured[half]!) / 2;
      const stand = fill === 'zero' ? 0 : median;
      return [
        name,
        { fill: stand, ...standardise(values.map((value) => (Number.isNaN(value) ? stand : value))) },
      ];
    }),
  );
}
