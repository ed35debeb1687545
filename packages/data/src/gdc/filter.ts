import { DataError } from '../dataError.js';
import { clipped } from './uuid.js';

type Value = string | number;

/**
 * The filter JSON of the GDC.
 *
 * @source NCI-GDC/gdc-docs@880f321, API/Users_Guide/Search_and_Retrieval: nodes of `op` and `content`.
 */
export type GdcFilter =
  | { readonly op: 'and' | 'or'; readonly content: readonly GdcFilter[] }
  | {
      readonly op: '=' | '!=' | '<' | '<=' | '>' | '>=';
      readonly content: { readonly field: string; readonly value: Value };
    }
  | {
      readonly op: 'in' | 'exclude' | 'excludeifany';
      readonly content: { readonly field: string; readonly value: readonly Value[] };
    }
  | { readonly op: 'is' | 'not'; readonly content: { readonly field: string; readonly value: 'MISSING' } };

/** All of the conditions hold. */
export function allOf(...filters: readonly GdcFilter[]): GdcFilter {
  return { op: 'and', content: someOf(filters, 'allOf') };
}

/** At least one of the conditions holds. */
export function anyOf(...filters: readonly GdcFilter[]): GdcFilter {
  return { op: 'or', content: someOf(filters, 'anyOf') };
}

/**
 * A field compared with a value.
 *
 * @throws DataError if a text has a `*`, which the GDC takes as a wildcard: `fieldMatches` says so openly.
 */
export function compareField(
  field: string,
  op: '=' | '!=' | '<' | '<=' | '>' | '>=',
  value: Value,
): GdcFilter {
  return { op, content: { field: fieldName(field), value: literal(value) } };
}

/** A field has one of these values; a `*` is refused as in `compareField`. */
export function isOneOf(field: string, values: readonly Value[]): GdcFilter {
  return { op: 'in', content: { field: fieldName(field), value: someOf(values, field).map(literal) } };
}

/**
 * A field has none of these values. Of a field with several values, `any` refuses a record if one of them
 * matches, `all` only if every one does.
 */
export function isNoneOf(field: string, values: readonly Value[], refusedBy: 'any' | 'all'): GdcFilter {
  const op = refusedBy === 'any' ? 'excludeifany' : 'exclude';
  return { op, content: { field: fieldName(field), value: someOf(values, field).map(literal) } };
}

/** A text field follows a pattern in which `*` stands for any characters. */
export function fieldMatches(field: string, pattern: string): GdcFilter {
  return { op: '=', content: { field: fieldName(field), value: pattern } };
}

/** A field has no value. */
export function isMissing(field: string): GdcFilter {
  return { op: 'is', content: { field: fieldName(field), value: 'MISSING' } };
}

/** A field has a value. */
export function isPresent(field: string): GdcFilter {
  return { op: 'not', content: { field: fieldName(field), value: 'MISSING' } };
}

function fieldName(field: string): string {
  if (/^[A-Za-z][\w.]*$/.test(field)) return field;
  throw new DataError(
    'filter',
    `"${clipped(field)}" is no field; expected a name such as cases.project.project_id`,
  );
}

function literal(value: Value): Value {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new DataError('filter', `${value} is no value`);
  if (typeof value === 'string' && value.includes('*')) {
    throw new DataError(
      'filter',
      `"${clipped(value)}": * stands for any characters here; use fieldMatches() if it should`,
    );
  }
  return value;
}

/** An empty list would match everything or nothing, depending on who reads it. */
function someOf<T>(list: readonly T[], where: string): readonly T[] {
  if (list.length > 0) return list;
  throw new DataError('filter', `${where} has no values; expected at least one`);
}
