import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import Papa from 'papaparse';
import { DataError } from '../dataError.js';

/** A delimited table as text columns, with the digest of its file. */
export interface TextTable {
  readonly path: string;
  readonly sha256: string;
  readonly names: readonly string[];
  readonly rows: number;
  has(name: string): boolean;
  /** @throws DataError if there is no such column. */
  column(name: string): readonly string[];
  /** One row in the order of `names`. */
  row(index: number): readonly string[];
  /** Where a row stands, for messages: rows and lines differ only where a quoted cell holds a line break. */
  where(row: number): string;
}

/** How a table is written. */
export interface TableForm {
  /** Default: a comma, or a tab where the name says `.tsv` or `.txt`. */
  readonly delimiter?: ',' | '\t';
}

/**
 * Read a table without guessing types: what is empty stays empty text, what is `NA` stays `NA`.
 *
 * @throws DataError if it is missing, empty or malformed; see `parseTable`.
 */
export function readTable(path: string, form: TableForm = {}): TextTable {
  if (!existsSync(path)) throw new DataError(path, 'no such file');
  return parseTable(readFileSync(path), path, form);
}

/**
 * The table that these bytes hold. A byte order mark, either line end and blank lines at the end are accepted.
 *
 * @throws DataError naming the line for bytes that are no UTF-8, an unclosed or misplaced quote, a row that is
 *   longer or shorter than the header, a column name that occurs twice, a header without rows.
 */
export function parseTable(bytes: Uint8Array, path: string, form: TableForm = {}): TextTable {
  const delimiter = form.delimiter ?? (/\.(tsv|txt)(\.|$)/i.test(path) ? '\t' : ',');
  const text = decode(bytes, path);
  if (text.trim() === '') throw new DataError(path, 'the file is empty');
  if (text.includes('\0')) throw new DataError(path, 'holds NUL bytes; it is not a text table');
  const { data, errors } = Papa.parse<string[]>(text, { delimiter, skipEmptyLines: false });
  const fault = errors[0];
  if (fault) throw new DataError(`${path}, line ${(fault.row ?? 0) + 1}`, fault.message);
  while (data.length > 0 && data.at(-1)!.length === 1 && data.at(-1)![0]!.trim() === '') data.pop();
  const [names, ...rows] = data;
  if (!names || rows.length === 0) throw new DataError(path, 'the table has a header and no rows');
  rows.forEach((cells, i) => {
    if (cells.length !== names.length) {
      const problem = `has ${cells.length} cells, the header has ${names.length}`;
      throw new DataError(`${path}, line ${i + 2}`, `${problem}; the row is ragged or the file is cut off`);
    }
  });
  const position = positions(names, path);
  return {
    path,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    names,
    rows: rows.length,
    has: (name) => position.has(name),
    column(name) {
      const at = position.get(name);
      if (at === undefined) {
        const there = names.slice(0, 20).join(', ');
        throw new DataError(path, `no column ${name}; it has ${names.length}: ${there}`);
      }
      return rows.map((cells) => cells[at]!);
    },
    row: (index) => rows[index]!,
    where: (row) => `${path}, line ${row + 2}`,
  };
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new DataError(path, 'is not UTF-8 text; save it as UTF-8, or unpack it if it is an archive');
  }
}

function positions(names: readonly string[], path: string): Map<string, number> {
  const position = new Map<string, number>();
  names.forEach((name, i) => {
    if (position.has(name))
      throw new DataError(`${path}, line 1`, `column ${name || '(no name)'} occurs twice`);
    position.set(name, i);
  });
  return position;
}
