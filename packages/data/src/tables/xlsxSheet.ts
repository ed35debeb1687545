import { DataError } from '../dataError.js';
import { readXml } from './xlsxXml.js';

/** The cells of one sheet as text, row by row from the top; cells that the file leaves out are holes. */
export interface Sheet {
  readonly rows: readonly (readonly string[])[];
  readonly columns: number;
}

/** What a spreadsheet program can hold. */
const [MAX_ROWS, MAX_COLUMNS] = [2 ** 20, 2 ** 14];
/** A file of a few bytes can claim a cell in the far corner; the largest table of this kind has 0.4 million. */
const MAX_CELLS = 2 ** 25;

interface Open {
  readonly column: number;
  readonly type: string;
  formula: boolean;
  value: string | undefined;
}

/**
 * Cells as a spreadsheet program stored them: numbers digit by digit as they stand, truth values as TRUE and FALSE,
 * errors by their code (`#N/A`), formulas by the result stored with them, dates as the number of their day.
 *
 * @param where file and sheet, for messages.
 * @throws DataError for malformed XML, cells out of order or outside of a sheet, a string that is not in the list, a
 *   formula without a result.
 */
export function parseSheet(bytes: Uint8Array, strings: readonly string[], where: string): Sheet {
  const rows: string[][] = [];
  let [columns, last] = [0, 0];
  let row: string[] | undefined;
  let cell: Open | undefined;
  let number = 0;
  const refuse = (problem: string) => new DataError(`${where}, row ${number}`, problem);

  readXml(bytes, where, {
    open(tag, attributes) {
      if (tag === 'row') {
        const given = attributes['r'];
        const next = given === undefined ? number + 1 : whole(given);
        if (!(next > number && next <= MAX_ROWS)) throw refuse(`is followed by row ${given ?? next}`);
        [number, row, last] = [next, [], 0];
      } else if (tag === 'c' && row) {
        const column = attributes['r'] === undefined ? last + 1 : columnOf(attributes['r'], number);
        if (!(column > last && column <= MAX_COLUMNS)) {
          throw refuse(`cell ${attributes['r']} follows column ${last}`);
        }
        last = column;
        cell = { column, type: attributes['t'] ?? 'n', formula: false, value: undefined };
      } else if (tag === 'f' && cell) cell.formula = true;
      else if ((tag === 'v' || tag === 't') && cell) cell.value ??= '';
    },
    text(text, tag) {
      if (cell && (tag === 'v' || tag === 't')) cell.value = (cell.value ?? '') + text;
    },
    close(tag) {
      if (tag === 'c' && cell && row) {
        const text = textOf(cell);
        if (text !== '') row[cell.column - 1] = text;
        cell = undefined;
      } else if (tag === 'row' && row) {
        if (row.length > 0) add(row);
        row = undefined;
      }
    },
  });
  return { rows, columns };

  function add(cells: string[]): void {
    if (number !== rows.length + 1) throw refuse('has cells below an empty row; delete the empty rows');
    rows.push(cells);
    columns = Math.max(columns, cells.length);
    if (rows.length * columns > MAX_CELLS) {
      throw refuse(`claims ${rows.length} × ${columns} cells; that is no table of this kind`);
    }
  }

  function textOf({ type, value, formula, column }: Open): string {
    if (value === undefined) {
      if (!formula) return '';
      const remedy = 'open it in a spreadsheet program and save it';
      throw refuse(`column ${column} is a formula without a result; ${remedy}`);
    }
    if (type === 's') {
      const text = /^\d+$/.test(value) ? strings[Number(value)] : undefined;
      if (text === undefined) throw refuse(`column ${column} is string ${value} of ${strings.length}`);
      return text;
    }
    if (type === 'b') {
      if (value !== '0' && value !== '1') throw refuse(`column ${column} is the truth value ${value}`);
      return value === '1' ? 'TRUE' : 'FALSE';
    }
    if (type === 'n' && value.trim() !== '' && !Number.isFinite(Number(value))) {
      throw refuse(`column ${column} is the number "${value}"`);
    }
    if (!['n', 'str', 'inlineStr', 'e', 'd'].includes(type)) {
      throw refuse(`column ${column} has the unknown type ${type}`);
    }
    return type === 'inlineStr' || type === 'str' ? unescaped(value) : value;
  }

  function columnOf(address: string, atRow: number): number {
    const [, letters, digits] = /^([A-Z]{1,3})([1-9]\d*)$/.exec(address) ?? [];
    if (!letters || Number(digits) !== atRow) throw refuse(`has a cell with the address ${address}`);
    return [...letters].reduce((column, letter) => column * 26 + letter.charCodeAt(0) - 64, 0);
  }
}

/** The list of strings that cells refer to by number; readings of Japanese words are left out. */
export function parseSharedStrings(bytes: Uint8Array, where: string): string[] {
  const strings: string[] = [];
  let [text, reading] = ['', false];
  readXml(bytes, where, {
    open(tag) {
      if (tag === 'si') text = '';
      if (tag === 'rPh') reading = true;
    },
    text(part, tag) {
      if (tag === 't' && !reading) text += part;
    },
    close(tag) {
      if (tag === 'si') strings.push(unescaped(text));
      if (tag === 'rPh') reading = false;
    },
  });
  return strings;
}

/** Characters that XML cannot hold are written as _x000D_. @source ECMA-376 part 1, 22.9.2.19, ST_Xstring. */
function unescaped(text: string): string {
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}

function whole(text: string): number {
  return /^[1-9]\d{0,6}$/.test(text) ? Number(text) : NaN;
}
