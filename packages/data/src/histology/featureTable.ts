import { DataError } from '../dataError.js';
import { isMissing } from '../clinical/missing.js';
import { standardise } from '../genes/scaling.js';
import type { TextTable } from '../tables/textTable.js';
import type { BagSource, CaseBag } from './bagSource.js';

/** What stands in for a feature that was not measured. */
export type FillRule = 'refuse' | 'zero' | 'median';

/** Which columns of a feature table hold what. */
export interface FeatureColumns {
  readonly caseId: string;
  readonly slideId?: string;
  readonly isFeature: (column: string) => boolean;
}

/** How features become tokens. */
export interface FeatureTokenOptions {
  /** Default `median`, over the slides that were fitted on. */
  readonly fill?: FillRule;
  /** Features to use, in this order, when two cohorts must have the same tokens; default all. */
  readonly shared?: readonly string[];
  /** Cases whose slides give median, mean and variance; default all. Give the training cases to keep others out. */
  readonly fitOn?: ReadonlySet<string>;
  /** Numbers that were fitted before, on these or other cases; nothing is fitted then. */
  readonly fitted?: FeatureScaling;
}

/** What stands in for a blank, then `(value − shift) · scale`, for each feature by name. Plain data. */
export type FeatureScaling = Readonly<
  Record<string, { readonly fill: number; readonly shift: number; readonly scale: number }>
>;

/** A table of histology features: one row a slide, numbers that were or were not measured. */
export interface FeatureTable {
  readonly table: TextTable;
  readonly features: readonly string[];
  /** [features] for each slide that names a case; NaN where nothing was measured. */
  readonly slides: readonly {
    readonly caseId: string;
    readonly slideId: string;
    readonly values: Float64Array;
  }[];
  readonly blanks: number;
  readonly withoutCase: number;
}

/**
 * The features of a table, slide by slide; text columns are left alone.
 *
 * @throws DataError if no column is a feature, or a cell of one is neither a number nor missing.
 */
export function readFeatureTable(
  table: TextTable,
  { caseId, slideId, isFeature }: FeatureColumns,
): FeatureTable {
  const features = table.names.filter(isFeature);
  if (features.length === 0) throw new DataError(table.path, 'no column is a histology feature');
  const columns = features.map((name) => table.column(name));
  const ids = table.column(caseId);
  const slideIds = slideId === undefined ? ids : table.column(slideId);
  let blanks = 0;
  const rows = ids.map((id, row) => {
    const values = Float64Array.from(columns, (cells, f) => {
      const cell = cells[row]!.trim();
      if (isMissing(cell)) return NaN;
      const value = Number(cell);
      if (Number.isFinite(value)) return value;
      throw new DataError(table.where(row), `${features[f]} is "${cell}", expected a number`);
    });
    blanks += values.filter(Number.isNaN).length;
    return { caseId: id.trim().toUpperCase(), slideId: slideIds[row]!.trim(), values };
  });
  const slides = rows.filter(({ caseId: id }) => !isMissing(id));
  return { table, features, slides, blanks, withoutCase: rows.length - slides.length };
}

/**
 * Features as a bag of tokens, one token a feature: its value, scaled over the table (mean 0, variance 1), and
 * which words its name is made of, so that one projection for all tokens can tell a count of lymphocytes from
 * an area of necrosis. A case's slides are averaged feature by feature.
 *
 * @throws DataError for a feature that the table lacks or never measured, or a blank under the rule `refuse`.
 */
export function featureTokens(
  { table, features, slides, blanks, withoutCase }: FeatureTable,
  { fill = 'median', shared = features, fitOn, fitted: known }: FeatureTokenOptions = {},
): BagSource {
  const chosen = slides.map(({ caseId }) => fitOn?.has(caseId) ?? true);
  const scaling: Record<string, FeatureScaling[string]> = {};
  const position = new Map(features.map((name, i) => [name, i]));
  const columns = shared.map((name) => {
    const at = position.get(name);
    if (at === undefined) throw new DataError(table.path, `has no feature ${name}`);
    const values = slides.map((slide) => slide.values[at]!);
    const where = `${table.path}, feature ${name}`;
    if (known && !known[name]) throw new DataError(where, 'is not among the features that were fitted');
    const one = known?.[name] ?? fitFeature(values, chosen, fill, where);
    scaling[name] = one;
    return Float64Array.from(
      values,
      (value) => ((Number.isNaN(value) ? one.fill : value) - one.shift) * one.scale,
    );
  });
  const words = vocabulary(shared);
  const width = 1 + words.length;
  const groups = new Map<string, number[]>();
  slides.forEach(({ caseId }, i) => groups.set(caseId, [...(groups.get(caseId) ?? []), i]));
  const cases = new Map<string, CaseBag>();
  for (const [caseId, rows] of groups) {
    cases.set(caseId, {
      rows: shared.length,
      slideIds: rows.map((row) => slides[row]!.slideId),
      read: () => {
        const bag = new Float32Array(shared.length * width);
        shared.forEach((name, f) => {
          bag[f * width] = rows.reduce((sum, row) => sum + columns[f]![row]!, 0) / rows.length;
          for (const word of wordsOf(name)) bag[f * width + 1 + words.indexOf(word)] = 1;
        });
        return bag;
      },
    });
  }
  const notes = [
    ...(blanks ? [`${blanks} blank cells; rule: ${fill}`] : []),
    ...(withoutCase ? [`${withoutCase} rows without a case left out`] : []),
  ];
  const channels = ['value', ...words.map((word) => `word ${word}`)];
  return {
    path: table.path,
    digests: { [table.path]: table.sha256 },
    width,
    channels,
    cases,
    notes,
    fitted: scaling,
  };
}

/** Blanks filled, to mean 0 and variance 1 over the slides to fit on; a feature that never varies becomes 0. */
function fitFeature(
  values: readonly number[],
  chosen: readonly boolean[],
  fill: FillRule,
  where: string,
): FeatureScaling[string] {
  const measured = values.filter((value, i) => chosen[i] && !Number.isNaN(value)).sort((a, b) => a - b);
  if (measured.length === 0) throw new DataError(where, 'was never measured in the cases to fit on');
  const blank = values.filter(Number.isNaN).length;
  if (fill === 'refuse' && blank > 0)
    throw new DataError(where, `is blank in ${blank} slides; choose how to fill it`);
  const half = measured.length >> 1;
  const median = measured.length % 2 ? measured[half]! : (measured[half - 1]! + measured[half]!) / 2;
  const stand = fill === 'zero' ? 0 : median;
  const filled = values.filter((_, i) => chosen[i]).map((value) => (Number.isNaN(value) ? stand : value));
  return { fill: stand, ...standardise(filled) };
}

function vocabulary(names: readonly string[]): string[] {
  return [...new Set(names.flatMap(wordsOf))].sort();
}

/** Words of two letters and more; the stain at the end is the same in all names. */
function wordsOf(name: string): string[] {
  const words =
    name
      .replace(/_HE$/, '')
      .toUpperCase()
      .match(/[A-Z0-9_]{2,}/g) ?? [];
  return [...new Set(words)];
}
