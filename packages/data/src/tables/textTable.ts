import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import Papa from 'papaparse';
import { DataError } from '../dataError.js';
import { parseDecimal } from './decimal.js';
import { plainCells } from './plainCells.js';

const [QUOTE, SPACE, NEWLINE, RETURN] = [0x22, 0x20, 0x0a, 0x0d];

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
  /**
   * Numbers of neighbouring columns of one row, into `out`; what is empty or no number becomes NaN.
   *
   * @param first column; as many follow as `out` holds.
   */
  numbers(row: number, first: number, out: Float64Array): void;
  /** Where a row stands, for messages: rows and lines differ only where a quoted cell holds a line break. */
  where(row: number): string;
}

/** How a table is written. */
export interface TableForm {
  /** Default: a comma, or a tab where the name says `.tsv` or `.txt`. */
  readonly delimiter?: ',' | '\t';
  /** Of a workbook, which sheet; default: the only one. */
  readonly sheet?: string;
}

/** The cells of a table, the header being row −1. */
export interface Cells {
  readonly columns: number;
  readonly rows: number;
  text(row: number, column: number): string;
  numbers: TextTable['numbers'];
  where: TextTable['where'];
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
  if (!isUtf8(bytes)) {
    throw new DataError(path, 'is not UTF-8 text; save it as UTF-8, or unpack it if it is an archive');
  }
  if (bytes.includes(0)) throw new DataError(path, 'holds NUL bytes; it is not a text table');
  const text = bytes.subarray(markLength(bytes));
  if (!text.some((byte) => byte > SPACE)) throw new DataError(path, 'the file is empty');
  const plain = !bytes.includes(QUOTE) && !hasLoneReturn(bytes);
  const cells = plain ? plainTable(bytes, path, delimiter) : quotedTable(bytes, path, delimiter);
  return tableOfCells(path, createHash('sha256').update(bytes).digest('hex'), cells);
}

/** @throws DataError if a column name occurs twice, or there is no row. */
export function tableOfCells(path: string, sha256: string, cells: Cells): TextTable {
  const names = Array.from({ length: cells.columns }, (_, column) => cells.text(-1, column));
  if (cells.rows === 0) throw new DataError(path, 'the table has a header and no rows');
  const position = positions(names, cells.where(-1));
  return {
    path,
    sha256,
    names,
    rows: cells.rows,
    has: (name) => position.has(name),
    column(name) {
      const at = position.get(name);
      if (at === undefined) {
        const there = names.slice(0, 20).join(', ');
        throw new DataError(path, `no column ${name}; it has ${names.length}: ${there}`);
      }
      return Array.from({ length: cells.rows }, (_, row) => cells.text(row, at));
    },
    row: (index) => names.map((_, column) => cells.text(index, column)),
    numbers: (row, first, out) => cells.numbers(row, first, out),
    where: (row) => cells.where(row),
  };
}

/** Without quotes the commas are the cells: read them where they lie. */
function plainTable(bytes: Uint8Array, path: string, delimiter: string): Cells {
  const found = plainCells(bytes, markLength(bytes), delimiter.charCodeAt(0), path);
  const { columns, rows, starts } = found;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    columns,
    rows: rows - 1,
    text(row, column) {
      const cell = (row + 1) * columns + column;
      return buffer.toString('utf8', starts[cell]!, found.end(cell));
    },
    numbers(row, first, out) {
      const cell = (row + 1) * columns + first;
      for (let i = 0; i < out.length; i++)
        out[i] = parseDecimal(bytes, starts[cell + i]!, found.end(cell + i));
    },
    where: (row) => `${path}, line ${row + 2}`,
  };
}

function quotedTable(bytes: Uint8Array, path: string, delimiter: string): Cells {
  const { data, errors } = Papa.parse<string[]>(new TextDecoder().decode(bytes), {
    delimiter,
    skipEmptyLines: false,
  });
  const fault = errors[0];
  if (fault) throw new DataError(`${path}, line ${(fault.row ?? 0) + 1}`, fault.message);
  while (data.length > 0 && data.at(-1)!.length === 1 && data.at(-1)![0]!.trim() === '') data.pop();
  const [names = [], ...rows] = data;
  rows.forEach((row, i) => {
    if (row.length !== names.length) {
      const problem = `has ${row.length} cells, the header has ${names.length}`;
      throw new DataError(`${path}, line ${i + 2}`, `${problem}; the row is ragged or the file is cut off`);
    }
  });
  return {
    columns: names.length,
    rows: rows.length,
    text: (row, column) => data[row + 1]![column]!,
    numbers(row, first, out) {
      for (let i = 0; i < out.length; i++) {
        const cell = rows[row]![first + i]!;
        out[i] = cell.trim() === '' ? NaN : Number(cell);
      }
    },
    where: (row) => `${path}, line ${row + 2}`,
  };
}

/** How many bytes a byte order mark takes at the beginning. */
function markLength(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** A return without a newline is a line end to some and a character to others; the library decides. */
function hasLoneReturn(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(RETURN); at >= 0; at = bytes.indexOf(RETURN, at + 1)) {
    if (bytes[at + 1] !== NEWLINE) return true;
  }
  return false;
}

function positions(names: readonly string[], where: string): Map<string, number> {
  const position = new Map<string, number>();
  names.forEach((name, i) => {
    if (position.has(name)) {
      throw new DataError(where, `column ${name || '(no name)'} occurs twice`);
    }
    position.set(name, i);
  });
  return position;
}
