import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { python, pythonIsThere } from '../bags/referenceFiles.testing.js';
import { tcgaCdrLayout } from '../clinical/clinicalLayout.js';
import { readSurvival } from '../clinical/readSurvival.js';
import { DataError } from '../dataError.js';
import { zipBytes } from '../synthetic/torchBytes.js';
import { workbookBytes } from '../synthetic/workbookBytes.js';
import { readTableFile } from './tableFile.js';
import { inspectTables } from './inspectTables.js';
import { readWorkbook } from './xlsxTable.js';

const SHEET = 'TCGA-CDR';
const WORKSHEET = 'xl/worksheets/sheet1.xml';
const ROWS = [
  { a: 1, b: 'x' },
  { a: 2.5, b: '' },
];

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'concord-xlsx-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A workbook with some of its parts replaced. */
function put(name: string, parts: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const whole = unzipSync(workbookBytes(SHEET, ROWS));
  const other = Object.entries(parts).map(([part, text]) => [part, Buffer.from(text)]);
  const path = join(folder, name);
  writeFileSync(path, zipBytes({ ...whole, ...Object.fromEntries(other) }, 6));
  return path;
}

const cells = (data: string) => ({ [WORKSHEET]: `<worksheet><sheetData>${data}</sheetData></worksheet>` });
const HEADER = '<row r="1"><c r="A1" t="str"><v>a</v></c><c r="B1" t="str"><v>b</v></c></row>';

describe.skipIf(!pythonIsThere)('a workbook that openpyxl wrote', () => {
  const bridge = (...args: string[]) =>
    execFileSync(python, ['-m', 'concord_bridge.reference_files.workbook', ...args], { encoding: 'utf8' });
  type Cell = string | number | boolean | null;
  const same = (text: string, cell: Cell) =>
    typeof cell === 'number'
      ? text !== '' && Number(text) === cell
      : text === (cell === null ? '' : typeof cell === 'boolean' ? String(cell).toUpperCase() : cell);

  it('is read cell by cell as openpyxl reads it', async () => {
    bridge('write', folder);
    const path = join(folder, 'resource.xlsx');
    const [names, ...expected] = JSON.parse(readFileSync(join(folder, 'resource.json'), 'utf8')) as Cell[][];
    const table = await readTableFile(path, { sheet: SHEET });
    expect(table.names).toEqual(names!.map((name) => name ?? ''));
    expect(table.rows).toBe(expected.length);
    const wrong = expected.flatMap((row, r) => {
      const text = table.row(r);
      return row.flatMap((cell, c) => (same(text[c]!, cell) ? [] : [[r, c, text[c], cell]]));
    });
    expect(wrong).toEqual([]);
  });

  it('gives the outcomes that its cells say', async () => {
    const path = join(folder, 'resource.xlsx');
    const [names, ...rows] = JSON.parse(readFileSync(join(folder, 'resource.json'), 'utf8')) as Cell[][];
    const at = (row: Cell[], name: string) => row[names!.indexOf(name)]!;
    const { cases } = readSurvival(await readTableFile(path, { sheet: SHEET }), tcgaCdrLayout('stad'));
    const expected = rows.filter((row) => at(row, 'type') === 'STAD' && at(row, 'Redaction') === null);
    expect([...cases.keys()]).toEqual(expected.map((row) => at(row, 'bcr_patient_barcode')));
    for (const row of expected) {
      const { outcomes, age } = cases.get(at(row, 'bcr_patient_barcode') as string)!;
      expect(age).toBe(at(row, 'age_at_initial_pathologic_diagnosis'));
      for (const name of ['OS', 'DSS', 'DFI', 'PFI']) {
        const time = at(row, `${name}.time`);
        const outcome = outcomes[name.toLowerCase() as 'os'];
        if (typeof time !== 'number') expect(outcome).toBeUndefined();
        else expect(outcome).toEqual({ timeMonths: time / 30.4375, event: at(row, name) === 1 });
      }
    }
  });

  it('has to be asked for a sheet by its name', async () => {
    const path = join(folder, 'resource.xlsx');
    await expect(readTableFile(path)).rejects.toThrow(
      /has 3 sheets \(Notes, TCGA-CDR, More notes & endpoints\); save the one/,
    );
    await expect(readTableFile(path, { sheet: 'cdr' })).rejects.toThrow(/has no sheet cdr; it has: Notes/);
  });

  it('doctor finds its sheet, and says of another that it did not look', async () => {
    const { tables, findings } = await inspectTables([join(folder, 'resource.xlsx')]);
    expect(tables[0]).toMatchObject({ kind: 'tcga-cdr', rows: 1200 });
    expect(findings.filter(({ severity }) => severity === 'problem')).toEqual([]);
    const book = unzipSync(readFileSync(join(folder, 'resource.xlsx')));
    const renamed = Buffer.from(book['xl/workbook.xml']!).toString().replace('"TCGA-CDR"', '"Data"');
    const path = join(folder, 'three.xlsx');
    writeFileSync(path, zipBytes({ ...book, 'xl/workbook.xml': Buffer.from(renamed) }, 6));
    expect((await inspectTables([path])).findings).toMatchObject([
      { kind: 'not-looked-at', severity: 'warning', text: '3 sheets; save the one that is meant as CSV' },
    ]);
  });

  it('openpyxl reads what we write', () => {
    const rows = Array.from({ length: 40 }, (_, i) =>
      Object.fromEntries(
        Array.from({ length: 30 }, (_, c) => [`<c&"${c}>`, c % 2 ? i / 7 - c : ` ${i} & ${c}`]),
      ),
    );
    const path = join(folder, 'ours.xlsx');
    writeFileSync(path, workbookBytes('Ours & "theirs"', rows));
    const read = JSON.parse(bridge('read', path, 'Ours & "theirs"')) as unknown[][];
    expect(read).toEqual([Object.keys(rows[0]!), ...rows.map((row) => Object.values(row))]);
  });
});

describe('a sheet', () => {
  it('keeps text, numbers, truth values, errors and stored results as they stand', async () => {
    const path = put('kinds.xlsx', {
      'xl/_rels/workbook.xml.rels':
        '<R><Relationship Id="rId1" Type="x/worksheet" Target="/xl/worksheets/sheet1.xml"/><Relationship Id="s" Type="x/sharedStrings" Target="strings.xml"/></R>',
      'xl/strings.xml':
        '<x:sst xmlns:x="m"><x:si><x:r><x:t>he</x:t></x:r><x:r><x:t>ad</x:t></x:r><x:rPh><x:t>no</x:t></x:rPh></x:si></x:sst>',
      ...cells(
        '<row><c t="s"><v>0</v></c><c t="inlineStr"><is><t>b_x000A_&amp;<![CDATA[<]]></t></is></c><c t="str"><v>c</v></c></row>' +
          '<row r="2"><c r="A2"><v>1.5E-3</v></c><c r="B2" t="b"><v>1</v></c><c r="C2" t="e"><v>#N/A</v></c></row>' +
          '<row r="3"><c r="B3" t="str"><f>A1&amp;"!"</f><v>done</v></c><c r="C3" s="1"/></row><row r="90"/>',
      ),
    });
    const table = await readTableFile(path);
    expect(table.names).toEqual(['head', 'b\n&<', 'c']);
    expect([table.row(0), table.row(1)]).toEqual([
      ['1.5E-3', 'TRUE', '#N/A'],
      ['', 'done', ''],
    ]);
    const out = new Float64Array(1);
    table.numbers(0, 0, out);
    expect(out[0]).toBe(0.0015);
    expect(table.where(1)).toBe(`${path}, sheet TCGA-CDR, row 3`);
    expect(table.rows).toBe(2);
  });

  const refused: readonly [string, RegExp, Record<string, string>][] = [
    [
      'a formula without a result',
      /row 2: column 1 is a formula without/,
      cells(`${HEADER}<row r="2"><c r="A2"><f>1+1</f></c></row>`),
    ],
    [
      'a string that is not in the list',
      /row 2: column 1 is string 7 of 0/,
      cells(`${HEADER}<row r="2"><c r="A2" t="s"><v>7</v></c></row>`),
    ],
    [
      'a number in words',
      /row 2: column 2 is the number "soon"/,
      cells(`${HEADER}<row r="2"><c r="B2"><v>soon</v></c></row>`),
    ],
    [
      'an unknown type',
      /row 2: column 2 has the unknown type z/,
      cells(`${HEADER}<row r="2"><c r="B2" t="z"><v>1</v></c></row>`),
    ],
    [
      'a cell beside the header',
      /row 2: has a cell in column 3, the header has 2/,
      cells(`${HEADER}<row r="2"><c r="C2"><v>1</v></c></row>`),
    ],
    [
      'an empty row between others',
      /row 5: has cells below an empty row/,
      cells(`${HEADER}<row r="5"><c r="A5"><v>1</v></c></row>`),
    ],
    ['a row that comes again', /row 1: is followed by row 1/, cells(`${HEADER}${HEADER}`)],
    [
      'a cell that comes again',
      /cell A2 follows column 1/,
      cells(`${HEADER}<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>`),
    ],
    [
      'the address of another row',
      /row 2: has a cell with the address A3/,
      cells(`${HEADER}<row r="2"><c r="A3"><v>1</v></c></row>`),
    ],
    [
      'a row of 900 million',
      /row 1: is followed by row 900000000/,
      cells(`${HEADER}<row r="900000000"><c r="A900000000"><v>1</v></c></row>`),
    ],
    [
      'a column behind the last',
      /cell ZZZ2 follows column 0/,
      cells(`${HEADER}<row r="2"><c r="ZZZ2"><v>1</v></c></row>`),
    ],
    [
      'a name twice',
      /row 1: column a occurs twice/,
      cells(`${HEADER.replace('<v>b</v>', '<v>a</v>')}<row r="2"><c r="A2"><v>1</v></c></row>`),
    ],
    ['names alone', /header and no rows/, cells(HEADER)],
    ['nothing', /the sheet is empty/, cells('')],
    ['XML that ends early', /is malformed/, { [WORKSHEET]: `<worksheet><sheetData>${HEADER}` }],
    [
      'a document type',
      /declares a document type/,
      { [WORKSHEET]: '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>' },
    ],
    ['an entity of its own', /is malformed/, cells('<row><c><v>&passwd;</v></c></row>')],
    ['elements without end', /nests deeper than 100/, { [WORKSHEET]: '<a>'.repeat(200) }],
    [
      'a sheet that lies elsewhere',
      /the workbook has no sheets/,
      {
        'xl/_rels/workbook.xml.rels':
          '<R><Relationship Id="rId1" Type="worksheet" TargetMode="External" Target="file:///etc/passwd"/></R>',
      },
    ],
    [
      'a sheet outside of the archive',
      /has no part etc\/passwd/,
      {
        'xl/_rels/workbook.xml.rels':
          '<R><Relationship Id="rId1" Type="worksheet" Target="../../../etc/passwd"/></R>',
      },
    ],
  ];
  it.each(refused)('with %s is refused', async (name, words, parts) => {
    const path = put('refused.xlsx', parts);
    const error = await readTableFile(path).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error, name).toBeInstanceOf(DataError);
    expect((error as Error).message).toMatch(words);
  });
});

describe('a hostile workbook', () => {
  it('that is a bomb is refused by what it claims, before it is unpacked', async () => {
    const path = put('bomb.xlsx', { [WORKSHEET]: new Uint8Array(2 ** 24) });
    await expect(readTableFile(path)).rejects.toThrow(/would unpack \d+ bytes to 16777216/);
  });

  it('that claims less than it reaches is stopped there', async () => {
    const path = put('liar.xlsx', { [WORKSHEET]: new Uint8Array(2 ** 24) });
    const bytes = readFileSync(path);
    // The directory at the end says that the sheet has 9 bytes.
    const entry = bytes.lastIndexOf(WORKSHEET) - 46;
    bytes.writeUInt32LE(9, entry + 24);
    writeFileSync(path, bytes);
    await expect(readTableFile(path)).rejects.toThrow(/cannot be unpacked|unpacks to/);
  });

  it('whose rows reach far to the right takes no memory for what is not there', async () => {
    const rows = Array.from(
      { length: 5000 },
      (_, i) => `<row r="${i + 1}"><c r="XFD${i + 1}"><v>1</v></c></row>`,
    );
    const path = put('wide.xlsx', cells(rows.join('')));
    await expect(readTableFile(path)).rejects.toThrow(/claims 2049 × 16384 cells/);
  });

  it('cut, flipped or with wrong bytes in a part: a typed error or the same cells, 900 times', async () => {
    const path = join(folder, 'spoiled.xlsx');
    const whole = Buffer.from(workbookBytes(SHEET, ROWS));
    const parts = unzipSync(whole);
    const names = Object.keys(parts);
    const answer = async (bytes: Uint8Array): Promise<unknown> => {
      writeFileSync(path, bytes);
      const began = performance.now();
      const found = await readWorkbook(path).catch((error: unknown) => error);
      expect(performance.now() - began).toBeLessThan(4000);
      if (found instanceof Error) expect(found, String(found.stack)).toBeInstanceOf(DataError);
      return found instanceof Error ? undefined : found;
    };
    const any = fc.nat({ max: 2 ** 30 });
    await fc.assert(
      fc.asyncProperty(any, any, async (at, bit) => {
        await answer(whole.subarray(0, at % whole.length));
        const flipped = Buffer.from(whole);
        flipped[at % whole.length]! ^= 1 << (bit % 8);
        const table = (await answer(flipped)) as Awaited<ReturnType<typeof readWorkbook>> | undefined;
        // The archive's checksum guards every cell.
        if (table)
          expect([table.names, table.row(0), table.row(1)]).toEqual([
            ['a', 'b'],
            ['1', 'x'],
            ['2.5', ''],
          ]);
        const name = names[at % names.length]!;
        const part = Buffer.from(parts[name]!);
        part[bit % part.length] = at % 256;
        await answer(zipBytes({ ...parts, [name]: part }, 6));
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});
