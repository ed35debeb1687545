import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { openBytes, readPiece, type FileBytes } from '../bags/fileBytes.js';
import { listZip, readMember, type ZipMember } from '../bags/zipMembers.js';
import { DataError } from '../dataError.js';
import { tableOfCells, type TextTable } from './textTable.js';
import { STRANGE_RATIO } from './unzipOnly.js';
import { parseSharedStrings, parseSheet } from './xlsxSheet.js';
import { readXml } from './xlsxXml.js';

const WORKBOOK = 'xl/workbook.xml';
const RELATIONS = 'xl/_rels/workbook.xml.rels';

/** Unpacked bytes of one part: a sheet of 11,160 cases × 34 columns, as TCGA-CDR is one, has about 20 MB. */
export const LARGEST_PART = 2 ** 25;

/** True for an archive with a workbook in it. @throws BagError if the path is no file, or a damaged archive. */
export async function isWorkbook(path: string): Promise<boolean> {
  return withMembers(path, (_, members) => members?.has(WORKBOOK) ?? false);
}

/** The names of a workbook's sheets, in its order. */
export async function sheetNames(path: string): Promise<string[]> {
  return withMembers(path, (file, members) => [...sheetParts(file, members).keys()]);
}

/**
 * One sheet of a workbook (.xlsx) as a table; its first row are the names. Nothing of the file is executed: formulas
 * count by the result that was stored with them.
 *
 * @param sheet default: the only one.
 * @throws DataError if there is no such sheet or no saying which, if a part claims or reaches more than `LARGEST_PART`,
 *   packs suspiciously well or has a wrong checksum, for malformed XML, cells below an empty row or beside the
 *   header's.
 */
export async function readWorkbook(path: string, sheet?: string): Promise<TextTable> {
  return withMembers(path, (file, members) => {
    const parts = sheetParts(file, members);
    const name = chooseSheet(path, [...parts.keys()], sheet);
    const where = `${path}, sheet ${name}`;
    const shared = relations(file, members).find(({ type }) => type.endsWith('/sharedStrings'));
    const strings = shared ? parseSharedStrings(part(file, members, shared.target), `${path}, strings`) : [];
    const { rows, columns } = parseSheet(part(file, members, parts.get(name)!), strings, where);
    if (rows.length === 0) throw new DataError(where, 'the sheet is empty');
    const header = rows[0]!.length;
    const long = rows.findIndex((row) => row.length > header);
    if (long >= 0) {
      const problem = `has a cell in column ${rows[long]!.length}, the header has ${header}`;
      throw new DataError(`${where}, row ${long + 1}`, problem);
    }
    const text = (row: number, column: number) => rows[row + 1]![column] ?? '';
    return tableOfCells(path, createHash('sha256').update(readFileSync(path)).digest('hex'), {
      columns,
      rows: rows.length - 1,
      text,
      numbers(row, first, out) {
        for (let i = 0; i < out.length; i++) {
          const cell = text(row, first + i);
          out[i] = cell.trim() === '' ? NaN : Number(cell);
        }
      },
      where: (row) => `${where}, row ${row + 2}`,
    });
  });
}

type Members = ReadonlyMap<string, ZipMember>;

async function withMembers<T>(path: string, use: (file: FileBytes, members: Members) => T): Promise<T> {
  const file = openBytes(path);
  try {
    const zip = file.size >= 4 && Buffer.from(readPiece(file, 0, 4)).readUInt32LE(0) === 0x04034b50;
    return use(file, zip ? await listZip(file) : new Map<string, ZipMember>());
  } finally {
    file.close();
  }
}

function part(file: FileBytes, members: Members, name: string): Uint8Array {
  const member = members.get(name);
  if (!member) throw new DataError(file.path, `has no part ${name}; it is no workbook, or damaged`);
  const { size, packed } = member;
  if (size > STRANGE_RATIO * Math.max(packed, 1024)) {
    throw new DataError(file.path, `${name} would unpack ${packed} bytes to ${size}; that is no table`);
  }
  return readMember(file, member, LARGEST_PART);
}

function relations(file: FileBytes, members: Members): { id: string; type: string; target: string }[] {
  const found: { id: string; type: string; target: string }[] = [];
  readXml(part(file, members, RELATIONS), `${file.path}, ${RELATIONS}`, {
    open(tag, { Id: id = '', Type: type = '', Target: target = '', TargetMode: mode }) {
      if (tag !== 'Relationship' || mode === 'External') return;
      found.push({ id, type, target: posix.resolve('/xl', target).slice(1) });
    },
  });
  return found;
}

/** Names of sheets, and the parts that hold them. */
function sheetParts(file: FileBytes, members: Members): Map<string, string> {
  const targets = new Map(relations(file, members).map(({ id, target }) => [id, target]));
  const parts = new Map<string, string>();
  readXml(part(file, members, WORKBOOK), `${file.path}, ${WORKBOOK}`, {
    open(tag, attributes) {
      if (tag !== 'sheet') return;
      const key = Object.keys(attributes).find((name) => /:id$/.test(name));
      const target = targets.get(attributes[key ?? ''] ?? '');
      if (target !== undefined) parts.set(attributes['name'] ?? '', target);
    },
  });
  if (parts.size === 0) throw new DataError(file.path, 'the workbook has no sheets');
  return parts;
}

function chooseSheet(path: string, names: readonly string[], wanted: string | undefined): string {
  const shown = names.slice(0, 20).join(', ');
  if (wanted === undefined) {
    if (names.length === 1) return names[0]!;
    throw new DataError(path, `has ${names.length} sheets (${shown}); save the one that is meant as CSV`);
  }
  if (names.includes(wanted)) return wanted;
  throw new DataError(path, `has no sheet ${wanted}; it has: ${shown}`);
}
