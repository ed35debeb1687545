import { zipBytes } from './torchBytes.js';

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const KIND = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/**
 * A workbook (.xlsx) of one sheet: a row of names, then numbers as numbers and text as text; what is empty has no cell.
 *
 * @source ECMA-376 part 1, 18.3.1 (worksheets) and part 2 (packages).
 */
export function workbookBytes(sheet: string, rows: readonly object[]): Uint8Array {
  const cells = [Object.keys(rows[0]!), ...rows.map((row) => Object.values(row) as unknown[])];
  const parts = {
    '[Content_Types].xml': `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${KIND}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${KIND}.worksheet+xml"/></Types>`,
    '_rels/.rels': relation('officeDocument', 'xl/workbook.xml'),
    'xl/workbook.xml': `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="${escaped(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relation('worksheet', 'worksheets/sheet1.xml'),
    'xl/worksheets/sheet1.xml': `<worksheet xmlns="${MAIN}"><sheetData>${cells.map(rowXml).join('\n')}</sheetData></worksheet>`,
  };
  return zipBytes(
    Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, Buffer.from(XML + text)])),
    6,
  );
}

function relation(type: string, target: string): string {
  return `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/${type}" Target="${target}"/></Relationships>`;
}

function rowXml(values: readonly unknown[], row: number): string {
  const cells = values.map((value, column) => {
    const address = `${letters(column)}${row + 1}`;
    if (typeof value === 'number') return `<c r="${address}"><v>${value}</v></c>`;
    if (value === '') return '';
    return `<c r="${address}" t="inlineStr"><is><t xml:space="preserve">${escaped(String(value))}</t></is></c>`;
  });
  return `<row r="${row + 1}">${cells.join('')}</row>`;
}

/** 0 → A, 26 → AA. */
function letters(column: number): string {
  const last = String.fromCharCode(65 + (column % 26));
  return column < 26 ? last : letters(Math.floor(column / 26) - 1) + last;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
