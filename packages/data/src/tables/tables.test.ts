import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataError } from '../dataError.js';
import { readTableFile } from './tableFile.js';
import { parseTable } from './textTable.js';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('a text table', () => {
  it('keeps every cell as it stands, behind any byte order mark and with either line end', () => {
    const table = parseTable(bytes('\uFEFFa,b\r\n"1,5","say ""no"""\r\n,NA\r\n'), 't.csv');
    expect(table.names).toEqual(['a', 'b']);
    expect(table.column('a')).toEqual(['1,5', '']);
    expect(table.column('b')).toEqual(['say "no"', 'NA']);
  });

  it('gives back what was written, quotes, commas and line breaks included', () => {
    const cell = fc.string().filter((text) => !/[\r\0]/.test(text));
    const grid = fc
      .tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 6 }))
      .chain(([columns, rows]) =>
        fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), {
          minLength: rows,
          maxLength: rows,
        }),
      );
    fc.assert(
      fc.property(grid, (cells) => {
        const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const names = cells[0]!.map((_, i) => `c${i}`);
        const text = [names, ...cells].map((row) => row.map(quoted).join(',')).join('\n');
        const table = parseTable(bytes(text), 't.csv');
        expect(cells.map((_, i) => table.row(i))).toEqual(cells);
      }),
    );
  });

  it.each([
    ['a short row', 'a,b\n1,2\n3\n', /line 3: has 1 cells, the header has 2/],
    ['a long row', 'a,b\n1,2,3\n', /line 2: has 3 cells/],
    ['a column twice', 'a,a\n1,2\n', /column a occurs twice/],
    ['an open quote', 'a,b\n"1,2\n', /[Qq]uote/],
    ['no rows', 'a,b\n', /header and no rows/],
    ['nothing', '  \n', /the file is empty/],
    ['a binary file', 'a,b\n\u0000,1\n', /NUL/],
  ])('%s is refused', (_name, text, words) => {
    expect(() => parseTable(bytes(text), 't.csv')).toThrow(words);
  });

  it('bytes that are no UTF-8 are refused', () => {
    expect(() => parseTable(Uint8Array.of(0x61, 0xff, 0x0a, 0x31), 't.csv')).toThrow(/UTF-8/);
  });

  it('a million columns are read, and one cell too few among them is named', () => {
    const names = Array.from({ length: 1_000_000 }, (_, i) => `g${i}`);
    const row = names.map(() => '1');
    const table = parseTable(bytes(`${names.join()}\n${row.join()}\n`), 't.csv');
    expect(table.column('g999999')).toEqual(['1']);
    expect(() => parseTable(bytes(`${names.join()}\n${row.slice(1).join()}\n`), 't.csv')).toThrow(
      /999999 cells/,
    );
  });

  it('whatever the bytes, it is a table or a DataError', () => {
    const alphabet = fc.constantFrom(...'ab1,"\n\r\t;\u00e9\uFEFF');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(alphabet, { maxLength: 60 }).map((parts) => bytes(parts.join(''))),
          fc.uint8Array({ maxLength: 60 }),
        ),
        (input) => {
          try {
            const table = parseTable(input, 't.csv');
            for (let i = 0; i < table.rows; i++) expect(table.row(i).length).toBe(table.names.length);
          } catch (error) {
            expect(error).toBeInstanceOf(DataError);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe('numbers', () => {
  it('are those that JavaScript reads, to the last bit, however they are written', () => {
    const spelled = fc.oneof(
      fc.double({ noNaN: true }).map(String),
      fc.float({ noNaN: true }).map(String),
      fc.tuple(fc.integer(), fc.nat(9999)).map(([a, b]) => `${a}.${String(b).padStart(4, '0')}`),
      fc.bigInt({ min: -(10n ** 22n), max: 10n ** 22n }).map(String),
      fc.constantFrom(
        '-0',
        '.5',
        '5.',
        '-.25',
        '1e5',
        '1E-3',
        '+2',
        ' 7 ',
        '00012',
        '0.1234567890123456789',
        'Infinity',
      ),
      fc.constantFrom('', ' ', '-', '.', '1.2.3', 'NaN', 'NA', '1,5', '0x', '--1', '1e', '2d'),
    );
    fc.assert(
      fc.property(spelled, (text) => {
        const cell = text.replaceAll(',', ';');
        const out = new Float64Array(1);
        for (const quote of ['', '"']) {
          parseTable(bytes(`a,b\n1,${quote}${cell}${quote}\n2,2\n`), 't.csv').numbers(0, 1, out);
          expect(Object.is(out[0], cell.trim() === '' ? NaN : Number(cell))).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a packed table', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'packed-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const put = (name: string, content: Uint8Array) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const TEXT = 'case,gene\nTCGA-AA-0001,1\n';

  it('is read from a zip and from a gzip, whatever its name', async () => {
    for (const path of [
      put('t.csv.zip', zip(TEXT)),
      put('zipped.csv', zip(TEXT)),
      put('t.csv.gz', gzipSync(TEXT)),
    ]) {
      expect((await readTableFile(path)).column('gene')).toEqual(['1']);
    }
  });

  it.each([
    ['two members', () => zip(TEXT, { copies: 2 }), /has two members table.csv/],
    ['a bomb', () => zip('0'.repeat(20_000_000)), /would unpack .* bytes to 20000000/],
    ['a size that lies', () => zip(TEXT, { claimed: 5 }), /cannot be unpacked/],
    ['a wrong checksum', () => zip(TEXT, { crc: 1 }), /has not the checksum/],
    ['a cut-off end', () => zip(TEXT).subarray(0, 60), /is no readable ZIP archive/],
    [
      'a bomb in a gzip',
      () => gzipSync('0'.repeat(20_000_000)),
      /unpacks \d+ bytes to more than \d+; that is no/,
    ],
    ['a cut-off gzip', () => gzipSync(TEXT).subarray(0, 20), /cannot be unpacked/],
  ])('%s is refused', async (_name, make, words) => {
    await expect(readTableFile(put('bad.csv', make()))).rejects.toThrow(words);
  });

  it('a damaged archive is read right or refused, never read wrong', async () => {
    const whole = zip(TEXT);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const damaged = Uint8Array.from(whole);
        damaged[at]! ^= flip;
        try {
          const table = await readTableFile(put('damaged.csv', damaged));
          expect(table.row(0)).toEqual(['TCGA-AA-0001', '1']);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
      }),
      { numRuns: 400 },
    );
  });
});

/** A zip file, honest unless told otherwise. */
function zip(
  text: string,
  { copies = 1, claimed, crc }: { copies?: number; claimed?: number; crc?: number } = {},
): Buffer {
  const packed = deflateRawSync(text);
  const name = Buffer.from('table.csv');
  const numbers = Buffer.alloc(16);
  numbers.writeUInt32LE(crc ?? crc32(text), 4);
  numbers.writeUInt32LE(packed.length, 8);
  numbers.writeUInt32LE(claimed ?? Buffer.byteLength(text), 12);
  const lengths = Buffer.from([name.length, 0, 0, 0]);
  const method = Buffer.from([20, 0, 0, 0, 8, 0]);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), method, numbers, lengths, name, packed]);
  const entry = (i: number) => {
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(i * local.length, 10);
    return Buffer.concat([
      Buffer.from('PK\x01\x02'),
      Buffer.from([20, 0]),
      method,
      numbers,
      lengths,
      tail.subarray(0, 14),
      name,
    ]);
  };
  const entries = Buffer.concat(Array.from({ length: copies }, (_, i) => entry(i)));
  const end = Buffer.alloc(18);
  end.writeUInt16LE(copies, 4);
  end.writeUInt16LE(copies, 6);
  end.writeUInt32LE(entries.length, 8);
  end.writeUInt32LE(local.length * copies, 12);
  return Buffer.concat([
    ...Array.from({ length: copies }, () => local),
    entries,
    Buffer.from('PK\x05\x06'),
    end,
  ]);
}
