import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fromCSV, type ColumnTable } from 'arquero';
import { DataError } from './dataError.js';

/** A CSV file as text columns, with the digest of its bytes. */
export interface CsvTable {
  readonly path: string;
  readonly sha256: string;
  readonly names: readonly string[];
  readonly rows: number;
  /** @throws DataError if there is no such column. */
  column(name: string): readonly string[];
}

/**
 * Read a CSV file without guessing types: what is empty stays empty text, what is `NA` stays `NA`.
 *
 * @throws DataError if it is missing or empty, or rows are ragged.
 */
export function readCsv(path: string): CsvTable {
  if (!existsSync(path)) throw new DataError(path, 'no such file');
  const bytes = readFileSync(path);
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (text.trim() === '') throw new DataError(path, 'the file is empty');
  const table = fromCSV(text, { autoType: false }) as ColumnTable;
  const names = table.columnNames();
  if (table.numRows() === 0) throw new DataError(path, 'the table has a header and no rows');
  return {
    path,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    names,
    rows: table.numRows(),
    column(name) {
      if (!names.includes(name)) {
        const there = names.slice(0, 20).join(', ');
        throw new DataError(path, `no column ${name}; it has ${names.length}: ${there}`);
      }
      return Array.from({ length: table.numRows() }, (_, i) => String(table.get(name, i) ?? ''));
    },
  };
}
