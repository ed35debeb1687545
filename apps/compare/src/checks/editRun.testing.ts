import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';

export type Row = Record<string, string>;

/** Change the rows of a CSV file of a run. */
export function editRows(folder: string, file: string, edit: (rows: Row[]) => Row[]): void {
  const path = join(folder, file);
  const { data } = Papa.parse<Row>(readFileSync(path, 'utf8').trim(), { header: true });
  writeFileSync(path, `${Papa.unparse(edit(data), { newline: '\n' })}\n`);
}

/** Change one column of a CSV file, row by row. */
export function editColumn(
  folder: string,
  file: string,
  column: string,
  edit: (value: string, row: Row, at: number, rows: readonly Row[]) => string | number,
): void {
  editRows(folder, file, (rows) =>
    rows.map((row, i) => ({ ...row, [column]: String(edit(row[column]!, row, i, rows)) })),
  );
}

/** Change a JSON file of a run. */
export function editJson<T = Record<string, unknown>>(
  folder: string,
  file: string,
  edit: (value: T) => void,
): void {
  const path = join(folder, file);
  const value = JSON.parse(readFileSync(path, 'utf8')) as T;
  edit(value);
  writeFileSync(path, JSON.stringify(value));
}
