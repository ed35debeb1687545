import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../dataError.js';
import { barcodeOfFileName, parseBarcode, tryBarcode } from './barcode.js';
import { parseUuid } from './uuid.js';

describe('parseBarcode', () => {
  // The example of gdc-docs, Encyclopedia/TCGA_Barcode, part by part.
  it('reads every part of an aliquot', () => {
    expect(parseBarcode('TCGA-02-0001-01C-01D-0182-01')).toEqual({
      ...{ kind: 'aliquot', text: 'TCGA-02-0001-01C-01D-0182-01', project: 'TCGA', site: '02' },
      ...{
        participant: '0001',
        caseId: 'TCGA-02-0001',
        vial: 'C',
        portion: '01',
        plate: '0182',
        centre: '01',
      },
      sampleType: { code: '01', name: 'Primary Solid Tumor', letters: 'TP', tissue: 'tumour' },
      analyte: { code: 'D', name: 'DNA' },
    });
  });

  it.each([
    ['TCGA-02', 'site'],
    ['TCGA-02-0001', 'case'],
    ['TCGA-02-0001-01', 'sample'],
    ['TCGA-02-0001-01B', 'sample'],
    ['TCGA-02-0001-01B-02', 'portion'],
    ['TCGA-02-0001-01B-02D', 'analyte'],
    ['TCGA-02-0001-01B-02D-0182', 'aliquot'],
    ['TCGA-AA-3524-01A-21-1942-20', 'aliquot'],
    ['TCGA-02-0001-01C-01-TS1', 'slide'],
    ['TCGA-02-0001-01C-01-TSA', 'slide'],
    ['TCGA-02-0001-01Z-00-DX1', 'slide'],
    ['TCGA-A2-A0CM-01A-03-DX3', 'slide'],
    ['TCGA-02-0001-C1', 'record'],
    ['TCGA-02-0001-E3124', 'record'],
    ['TCGA-02-0001-R2', 'record'],
    ['TCGA-02-0001-S145', 'record'],
  ])('%s names a %s, in lower case too', (text, kind) => {
    expect(parseBarcode(text)).toMatchObject({ kind, text });
    expect(parseBarcode(text.toLowerCase())).toEqual(parseBarcode(text));
  });

  it.each([
    ['06', 'Metastatic', 'tumour'],
    ['10', 'Blood Derived Normal', 'normal'],
    ['11', 'Solid Tissue Normal', 'normal'],
    ['20', 'Control Analyte', 'control'],
    ['25', 'unnamed control sample', 'control'],
    ['61', 'Cell Line Derived Xenograft Tissue', 'model'],
  ])('sample type %s is %s', (code, name, tissue) => {
    expect(parseBarcode(`TCGA-02-0001-${code}A`).sampleType).toMatchObject({ code, name, tissue });
  });

  it.each([
    ['', /one field/],
    ['TCGA', /one field/],
    ['TARGET-20-PABHET', /field 1 \(project\) is "TARGET"/],
    ['TCGA-2-0001', /field 2 \(tissue source site\) is "2"; expected two letters or digits/],
    ['TCGA-02-001', /field 3 \(participant\) is "001"/],
    ['TCGA-02-0001-1A', /field 4 \(sample type and vial\) is "1A"; expected two digits and a letter/],
    ['TCGA-02-0001-31A', /sample type\) is 31; expected 01–29/],
    ['TCGA-02-0001-00A', /sample type\) is 00/],
    ['TCGA-02-0001-01A-1R', /field 5 \(portion and analyte\) is "1R"/],
    ['TCGA-02-0001-01A-11R-A3', /field 6 \(plate\) is "A3"; .* or a slide such as DX1/],
    ['TCGA-02-0001-01A-11R-DX1', /a slide is cut from a portion, which has no analyte letter/],
    ['TCGA-02-0001-01A-11R-A30G-7', /field 7 \(centre\) is "7"/],
    ['TCGA-02-0001-01A-11R-A30G-07-1', /more than 7 fields/],
    ['TCGA-02-0001-01A-11R-A30G-07\n', /field 7 \(centre\) is "07\\n"/],
    ['TCGA-02-000\u0131', /field 3/],
  ])('explains %j', (text, words) => {
    expect(() => parseBarcode(text)).toThrow(words);
    expect(() => parseBarcode(text)).toThrow(DataError);
    expect(tryBarcode(text)).toBeUndefined();
  });

  it('throws nothing but DataError, and what it accepts it reads again (fuzzed)', () => {
    const field = fc.oneof(
      fc.constantFrom(
        'TCGA',
        'tcga',
        '02',
        'A2',
        '0001',
        '01A',
        '01',
        '11R',
        'DX1',
        'TSA',
        'A30G',
        '07',
        'E1',
        '',
      ),
      fc.string({ unit: 'binary', maxLength: 6 }),
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(field, { maxLength: 9 }).map((f) => f.join('-')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          const barcode = parseBarcode(text);
          expect(barcode.text).toBe(text.toUpperCase());
          expect(parseBarcode(barcode.text)).toEqual(barcode);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
      }),
      { numRuns: 20_000 },
    );
  });
});

describe('barcodeOfFileName', () => {
  it('cuts at the first dot and reads the UUID in either case', () => {
    const { barcode, uuid } = barcodeOfFileName(
      'TCGA-2F-A9KO-01Z-00-DX1.195576CF-B739-4BD9-B15B-4A70AE287D3E.svs',
    );
    expect(barcode).toMatchObject({
      kind: 'slide',
      caseId: 'TCGA-2F-A9KO',
      slide: { code: 'DX', order: '1' },
    });
    expect(uuid).toBe('195576cf-b739-4bd9-b15b-4a70ae287d3e');
  });

  const tables = join(
    process.env['CONCORD_TCGA'] ?? join(import.meta.dirname, '../../../../../shared/tcga'),
    'survpath/datasets_csv/metadata',
  );
  it.skipIf(!existsSync(tables))(`reads all slides of four cohorts (skipped where ${tables} is not)`, () => {
    // Counts of formats.md: 2,111 slides, 1,943 cases; seven of BRCA's 931 are not 01Z-00.
    const slides = ['blca', 'brca', 'stad', 'hnsc'].flatMap((name) => {
      const [header, ...rows] = readFileSync(join(tables, `tcga_${name}.csv`), 'utf8')
        .trim()
        .split(/\r?\n/);
      const at = header!.split(',').indexOf('slide_id');
      return rows.map((row) => row.split(',')[at]!);
    });
    const read = slides.map(barcodeOfFileName);
    expect(read.length).toBe(2111);
    expect(new Set(read.map(({ barcode }) => barcode.caseId)).size).toBe(1943);
    expect(read.every(({ barcode, uuid }) => barcode.kind === 'slide' && uuid)).toBe(true);
    expect(
      slides.filter((name) => !name.includes('-01Z-00-DX') && name.startsWith('TCGA')).length,
    ).toBeGreaterThan(6);
  });
});

describe('parseUuid', () => {
  it('prints lower case', () => {
    expect(parseUuid('195576CF-B739-4BD9-B15B-4A70AE287D3E')).toBe('195576cf-b739-4bd9-b15b-4a70ae287d3e');
  });

  it.each([
    ['195576cf', /it has 1 groups; expected five/],
    ['195576cf-b739-4bd9-b15b-4a70ae287d3', /its group 5, "4a70ae287d3", is not 12 hexadecimal digits/],
    ['195576cg-b739-4bd9-b15b-4a70ae287d3e', /its group 1/],
    ['195576cf-b739-4bd9-b15b-4a70ae287d3e\n', /its group 5/],
  ])('explains %j', (text, words) => {
    expect(() => parseUuid(text)).toThrow(words);
  });
});
