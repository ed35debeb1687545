import { DataError } from '../dataError.js';
import { isMissing } from '../clinical/missing.js';
import type { TextTable } from '../tables/textTable.js';
import type { BagSource } from './bagSource.js';
import { fitFeatures, type FeatureScaling, type FillRule, type RawFeatures } from './featureScaling.js';

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
  const position = new Map(features.map((name, i) => [name, i]));
  const places = shared.map((name) => {
    const at = position.get(name);
    if (at === undefined) throw new DataError(table.path, `has no feature ${name}`);
    return at;
  });
  const chosen = slides.map(({ values }) => Float64Array.from(places, (at) => values[at]!));
  if (!known && fill === 'refuse') requireMeasured(shared, chosen, table.path);
  const rowsOf = new Map<string, number[]>();
  slides.forEach(({ caseId }, i) => rowsOf.set(caseId, [...(rowsOf.get(caseId) ?? []), i]));
  const words = vocabulary(shared);
  const empty = wordTokens(shared, words);
  const width = 1 + words.length;
  const raw: RawFeatures = {
    ...{ names: shared, fill },
    slides: (cases) => chosen.filter((_, i) => cases.has(slides[i]!.caseId)),
    bag(caseId, scaling) {
      const rows = rowsOf.get(caseId)!;
      const bag = empty.slice();
      shared.forEach((name, f) => {
        const one = scaling[name];
        if (!one) {
          const where = `${table.path}, feature ${name}`;
          throw new DataError(where, 'is not among the features that were fitted');
        }
        const { fill: stand, shift, scale } = one;
        const scaled = rows.map((row) => {
          const value = chosen[row]![f]!;
          return ((Number.isNaN(value) ? stand : value) - shift) * scale;
        });
        bag[f * width] = scaled.reduce((sum, value) => sum + value, 0) / rows.length;
      });
      return bag;
    },
  };
  const all = new Set(rowsOf.keys());
  const fitted = known ?? fitFeatures(shared, raw.slides(fitOn ?? all), fill, table.path);
  return {
    path: table.path,
    digests: { [table.path]: table.sha256 },
    width,
    channels: ['value', ...words.map((word) => `word ${word}`)],
    namedTokens: true,
    cases: new Map(
      [...rowsOf].map(([caseId, rows]) => [
        caseId,
        {
          rows: shared.length,
          slideIds: rows.map((row) => slides[row]!.slideId),
          read: () => raw.bag(caseId, fitted),
        },
      ]),
    ),
    notes: [
      ...(blanks ? [`${blanks} blank cells; rule: ${fill}`] : []),
      ...(withoutCase ? [`${withoutCase} rows without a case left out`] : []),
    ],
    ...{ fitted, raw },
  };
}

function requireMeasured(names: readonly string[], slides: readonly Float64Array[], path: string): void {
  names.forEach((name, f) => {
    const blank = slides.filter((values) => Number.isNaN(values[f]!)).length;
    if (blank === 0) return;
    throw new DataError(`${path}, feature ${name}`, `is blank in ${blank} slides; choose how to fill it`);
  });
}

/** [features, 1 + words]: no value yet, and 1 at the words of each name. */
function wordTokens(names: readonly string[], words: readonly string[]): Float32Array {
  const width = 1 + words.length;
  const tokens = new Float32Array(names.length * width);
  names.forEach((name, f) => {
    for (const word of wordsOf(name)) tokens[f * width + 1 + words.indexOf(word)] = 1;
  });
  return tokens;
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
