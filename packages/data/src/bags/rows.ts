import type { FloatType } from './floatType.js';

/** Rows of a bag: neighbours, or any, by number. */
export type RowSelection = { readonly first: number; readonly count: number } | Uint32Array;

/** The features of one file, as the file has them: the part of a bag that differs between formats. */
export interface RowSource {
  readonly dtype: FloatType;
  readonly rows: number;
  readonly width: number;
  /** True where one column is one piece: then few rows cost nearly as much as many. */
  readonly columnMajor?: boolean;
  /**
   * Fill `into` with those rows, one after the other, in the file's dtype, little-endian, C order.
   *
   * @param into rows × width × bytes a number; all rows are known to exist.
   */
  readRaw(rows: RowSelection, into: Uint8Array): void;
}

export function rowCount(rows: RowSelection): number {
  return rows instanceof Uint32Array ? rows.length : rows.count;
}

/** Runs of neighbouring rows: what one read can fetch. @param visit is told where in the result the run begins. */
export function forEachRun(
  rows: RowSelection,
  visit: (first: number, count: number, at: number) => void,
): void {
  if (!(rows instanceof Uint32Array)) {
    if (rows.count > 0) visit(rows.first, rows.count, 0);
    return;
  }
  for (let at = 0; at < rows.length;) {
    let count = 1;
    while (at + count < rows.length && rows[at + count] === rows[at]! + count) count += 1;
    visit(rows[at]!, count, at);
    at += count;
  }
}
