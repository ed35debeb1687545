import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../dataError.js';
import { fileNameProblem } from './fileName.js';
import { inspectManifest, parseManifest, readManifest } from './manifest.js';
import { diffManifests } from './manifestDiff.js';
import { filterManifest, joinManifests } from './manifestSelect.js';
import { formatManifest, writeManifest } from './manifestWrite.js';

const id = (n: number) => `${String(n).padStart(8, '0')}-b739-4bd9-b15b-4a70ae287d3e`;
const md5 = (n: number) => String(n).padStart(32, 'a');
const HEADER = 'id\tfilename\tmd5\tsize\tstate';
const row = (n: number, facts: { filename?: string; md5?: string; size?: string } = {}) =>
  [id(n), facts.filename ?? `f${n}.svs`, facts.md5 ?? md5(n), facts.size ?? String(n), 'released'].join('\t');
const manifest = (...rows: string[]) => parseManifest([HEADER, ...rows].join('\n'), 'm.txt');

describe('parseManifest', () => {
  it('reads what the GDC writes', () => {
    const { entries, notes } = manifest(row(1), row(2));
    expect(entries[0]).toEqual({
      ...{ id: id(1), filename: 'f1.svs', md5: md5(1), size: 1, state: 'released' },
      ...{ extra: new Map(), line: 2 },
    });
    expect([entries.length, notes]).toEqual([2, []]);
  });

  it('reads a byte order mark, Windows line ends, blank lines and a missing last line end', () => {
    const text = `\uFEFF${HEADER}\r\n\r\n${row(1)}\r\n   \r\n${row(2)}`;
    const { entries } = parseManifest(text, 'm.txt');
    expect(entries.map(({ id, state, line }) => [id, state, line])).toEqual([
      [id(1), 'released', 3],
      [id(2), 'released', 5],
    ]);
  });

  // Headers of gdc-docs, GCv36_Manifests and CPTAC-3_7CasesRNASeq.
  it.each([
    'id\tfilename\tmd5\tsize\tproject_id\tnew_id',
    'id\tfile_name\tfile_size\tmd5sum\tcase.submitter_id',
    'file_id\tfile_name\tmd5sum\tfile_size\tstate',
    'UUID\tFilename\tMD5\tSize\tState',
  ])('knows the columns of %j', (header) => {
    const cells = header.split('\t').map((name) => {
      if (/id$/i.test(name) && name.length < 8) return id(1).toUpperCase();
      if (/md5/i.test(name)) return md5(1).toUpperCase();
      if (/size/i.test(name)) return '7';
      return name.toLowerCase().includes('name') ? 'a b.tsv' : 'NA';
    });
    const { entries } = parseManifest(`${header}\n${cells.join('\t')}\n`, 'm.txt');
    expect(entries[0]).toMatchObject({ id: id(1), filename: 'a b.tsv', md5: md5(1), size: 7 });
  });

  it('keeps further columns, and takes NA for nothing', () => {
    const text = `${HEADER}\tproject_id\t__proto__\n${row(1)}\tTCGA-BLCA\tNA`;
    expect([...parseManifest(text, 'm.txt').entries[0]!.extra]).toEqual([['project_id', 'TCGA-BLCA']]);
  });

  it('takes a repeated row once, and says so', () => {
    const { entries, notes } = manifest(row(1), row(2), row(1));
    expect([entries.length, notes]).toEqual([2, ['1 rows repeat a row above; each file is taken once']]);
  });

  it('says which facts are missing', () => {
    expect(manifest(row(1, { md5: '', size: 'NA' })).notes).toEqual([
      '1 files have no md5 here',
      '1 files have no size here',
    ]);
  });

  it.each([
    ['an empty file', '', /^m.txt: the manifest is empty$/],
    ['blank lines', '\n \r\n', /the manifest is empty/],
    ['no id', 'name\tfilename\n', /line 1: no column id \(or file_id, uuid\)$/],
    ['commas', 'id,filename,md5', /no column id .*; columns are separated by tabs/],
    ['no file name', 'id\tmd5\n', /no column filename/],
    ['a column twice', 'id\tfilename\tID\n', /column ID occurs twice/],
    ['a bad id', `${HEADER}\n${row(1).replace(/^./, 'x')}`, /line 2: id "x0000001-.*" is no UUID/],
    ['an empty id', `${HEADER}\n${row(1).replace(id(1), '')}`, /line 2: the id is empty/],
    ['a negative size', `${HEADER}\n\n${row(1, { size: '-1' })}`, /line 3: size "-1" is no number of bytes/],
    ['a broken size', `${HEADER}\n${row(1, { size: '1.5' })}`, /size "1.5"/],
    ['a size as float', `${HEADER}\n${row(1, { size: '1e3' })}`, /size "1e3"/],
    ['an absurd size', `${HEADER}\n${row(1, { size: '9'.repeat(30) })}`, /is no number of bytes/],
    ['a short md5', `${HEADER}\n${row(1, { md5: 'abc' })}`, /md5 "abc" is not 32 hexadecimal digits/],
    ['too few cells', `${HEADER}\n${id(1)}\tf`, /line 2: 2 cells; the header has 5 columns/],
    ['too many cells', `${HEADER}\n${row(1)}\tx`, /more cells; the header has 5 columns/],
    [
      'two md5s',
      `${HEADER}\n${row(1)}\n${row(1, { md5: md5(9) })}\n${row(2, { size: 'x' })}`,
      /line 3: 00000001-\S+ has another md5 in line 2 \(1 more lines have problems\)/,
    ],
    ['two names', `${HEADER}\n${row(1)}\n${row(1, { filename: 'g' })}`, /another filename in line 2/],
  ])('refuses %s', (_name, text, words) => {
    expect(() => parseManifest(text, 'm.txt')).toThrow(words);
    expect(() => parseManifest(text, 'm.txt')).toThrow(DataError);
  });

  it.each([
    ...['../../etc/passwd', '/etc/passwd', 'a/b', '..\\b', '..', '.', 'a\0b', 'a\u202Eb', '-rf', ' a', 'a '],
    ...['a\rb', `${'é'.repeat(128)}`, 'x.bam.partial', '\uD800'],
  ])('refuses the file name %j', (filename) => {
    expect(fileNameProblem(filename)).toBeDefined();
    expect(() => manifest(row(1, { filename }))).toThrow(/file name .* is refused/);
  });

  it('accepts names that only look odd', () => {
    for (const filename of ['a..b', '.hidden', 'é b (1).tsv', 'x'.repeat(255), '__proto__']) {
      expect(manifest(row(1, { filename })).entries[0]!.filename).toBe(filename);
    }
  });

  it('lists problems and goes on past a row without id, where the official client stops', () => {
    const text = `${HEADER}\n${row(1)}\n\tno id\t\t\t\n${row(2)}`;
    const { manifest, problems } = inspectManifest(text, 'm.txt');
    expect(manifest.entries.map(({ id }) => id)).toEqual([id(1), id(2)]);
    expect(problems).toEqual([{ line: 3, problem: 'the id is empty' }]);
  });

  it('throws nothing but DataError on spoiled text, and reads again what it writes (fuzzed)', () => {
    const cell = fc.oneof(
      fc.constantFrom(
        id(1),
        id(2),
        md5(1),
        md5(2),
        '1',
        '-1',
        'NA',
        '',
        '../x',
        '/x',
        'f.svs',
        'x\0',
        '\uFEFF',
        '"',
      ),
      fc.string({ unit: 'binary', maxLength: 12 }),
    );
    const header = fc.oneof(
      fc.constantFrom(HEADER, `\uFEFF${HEADER}`, `${HEADER}\tproject_id`, 'file_id\tfile_name'),
      fc
        .array(fc.oneof(fc.constantFrom('id', 'ID', 'filename', 'md5', 'size', '__proto__', ''), cell))
        .map((n) => n.join('\t')),
    );
    const good = fc.nat(5).map((n) => row(n));
    const bad = fc.array(cell, { maxLength: 8 }).map((cells) => cells.join('\t'));
    const text = fc
      .tuple(
        header,
        fc.array(fc.oneof(good, bad), { maxLength: 8 }),
        fc.constantFrom('\n', '\r\n', '\n\n', '\r'),
      )
      .map(([names, rows, end]) => [names, ...rows].join(end));
    let accepted = 0;
    fc.assert(
      fc.property(text, (text) => {
        try {
          const { entries } = inspectManifest(text, 'm').manifest;
          accepted += entries.length;
          const again = parseManifest(formatManifest(entries), 'm').entries;
          const facts = ({ id, filename, md5, size, state }: (typeof again)[number]) => [
            id,
            filename,
            md5,
            size,
            state,
          ];
          expect(again.map(facts)).toEqual(entries.map(facts));
          entries.forEach(({ filename }) => expect(fileNameProblem(filename)).toBeUndefined());
        } catch (error) {
          if (!(error instanceof DataError)) throw error;
        }
      }),
      { numRuns: 20_000 },
    );
    expect(accepted).toBeGreaterThan(1000);
  });

  it('reads 200,000 rows and 1,000,000 columns in seconds', () => {
    const rows = Array.from({ length: 200_000 }, (_, n) => row(n));
    expect(parseManifest([HEADER, ...rows].join('\n'), 'm').entries.length).toBe(200_000);
    const wide = Array.from({ length: 1_000_000 }, (_, n) => `c${n}`).join('\t');
    expect(parseManifest(`id\tfilename\t${wide}\n${id(1)}\tf\t${wide}`, 'm').entries[0]!.extra.size).toBe(
      1_000_000,
    );
  }, 20_000);
});

describe('manifest files', () => {
  it('come back as they were written, whole', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'manifest-'));
    try {
      const path = join(folder, 'm.txt');
      const { entries } = parseManifest(`${HEADER}\tproject_id\n${row(1)}\tTCGA-BLCA\n${row(2)}\tNA\n`, 'm');
      await writeManifest(path, entries);
      expect((await readManifest(path)).entries).toEqual(entries);
      writeFileSync(path, Buffer.from([0xff, 0xfe, 0x00, 0x80]));
      await expect(readManifest(path)).rejects.toThrow(/m.txt: it is not UTF-8 text/);
      await expect(readManifest(folder)).rejects.toThrow(/that is not a file/);
      await expect(readManifest(join(folder, 'no'))).rejects.toThrow(/no such file/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('filterManifest', () => {
  const all = parseManifest(
    `${HEADER}\tproject_id\n${row(1)}\tTCGA-BLCA\n${row(2, { filename: 'b.tsv' })}\tTCGA-BRCA\n${row(300)}\tTCGA-BLCA`,
    'm',
  );
  it.each([
    [{ filename: '*.svs' }, [1, 300]],
    [{ filename: 'F*0*.SVS' }, [300]],
    [{ filename: 'b.tsv' }, [2]],
    [{ filename: '*' }, [1, 2, 300]],
    [{ filename: 'f1.svs*svs' }, []],
    [{ maxSize: 2 }, [1, 2]],
    [{ ids: [id(2).toUpperCase()] }, [2]],
    [{ columns: { project_id: ['TCGA-BLCA'] }, maxSize: 10 }, [1]],
  ])('%j', (filter, expected) => {
    expect(filterManifest(all, filter).entries.map(({ size }) => size)).toEqual(expected);
  });

  it('names the columns there are when asked for another', () => {
    expect(() => filterManifest(all, { columns: { project: ['x'] } })).toThrow(
      'm: no column project; further columns: project_id',
    );
  });

  it('matches as a regular expression would (fuzzed)', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
    fc.assert(
      fc.property(letters, fc.array(letters, { minLength: 1, maxLength: 4 }), (name, parts) => {
        const one = manifest(row(1, { filename: `x${name}` }));
        const expected = new RegExp(`^x${parts.join('.*')}$`).test(`x${name}`);
        expect(filterManifest(one, { filename: `x${parts.join('*')}` }).entries.length === 1).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('joinManifests', () => {
  it('takes each file once, with the facts of both', () => {
    const one = parseManifest(`id\tfilename\tsize\n${id(1)}\tf1.svs\t1`, 'one');
    const joined = joinManifests([one, manifest(row(1), row(2))]);
    expect(joined.source).toBe('one + m.txt');
    expect(joined.entries.map(({ id, md5, size }) => [id, md5, size])).toEqual([
      [id(1), md5(1), 1],
      [id(2), md5(2), 2],
    ]);
  });

  it('refuses two releases', () => {
    expect(() => joinManifests([manifest(row(1)), manifest(row(1, { md5: md5(2) }))])).toThrow(
      /m.txt, line 2: 00000001-\S+ has another md5 in m.txt, line 2; are they of one release\?/,
    );
  });
});

describe('diffManifests', () => {
  it('tells added, removed, changed and replaced files apart', () => {
    const before = parseManifest(
      `${HEADER}\tnew_id\n${row(1)}\tNA\n${row(2)}\tNA\n${row(3)}\t${id(30).toUpperCase()}\n${row(4)}\t${id(4)}\n${row(5)}\tNA`,
      'before',
    );
    const after = manifest(row(1), row(2, { md5: md5(20), size: '20' }), row(30), row(4), row(6));
    const diff = diffManifests(before, after);
    expect(diff.added.map(({ id }) => id)).toEqual([id(6)]);
    expect(diff.removed.map(({ id }) => id)).toEqual([id(5)]);
    expect(diff.changed.map(({ before, facts }) => [before.id, facts])).toEqual([[id(2), ['md5', 'size']]]);
    expect(diff.replaced.map(({ before, after }) => [before.id, after?.id])).toEqual([[id(3), id(30)]]);
    expect(diff.unchanged).toBe(2);
  });

  it('puts every file in exactly one place (fuzzed)', () => {
    const numbers = fc.uniqueArray(fc.nat(20));
    fc.assert(
      fc.property(numbers, numbers, (one, other) => {
        const diff = diffManifests(
          manifest(...one.map((n) => row(n))),
          manifest(...other.map((n) => row(n))),
        );
        const both = one.filter((n) => other.includes(n)).length;
        expect([diff.unchanged, diff.added.length, diff.removed.length]).toEqual([
          ...[both, other.length - both, one.length - both],
        ]);
      }),
    );
  });
});
