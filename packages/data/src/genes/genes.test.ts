import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTable } from '../tables/textTable.js';
import { readCaseRows, readPorpoiseAssay } from './readExpression.js';
import { readStarCounts, type StarFile } from './readStarCounts.js';
import { readXena } from './readXena.js';
import { applyScaling, fitGlobalScaling, fitZScores } from './scaling.js';
import { readSignatures } from './signatures.js';
import { logTransform } from './transform.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const table = (lines: string[], path = 't.csv') => parseTable(bytes(`${lines.join('\n')}\n`), path);

const HEADER =
  'gene_id\tgene_name\tgene_type\tunstranded\tstranded_first\tstranded_second\ttpm_unstranded\tfpkm_unstranded\tfpkm_uq_unstranded';

/** A STAR counts file with these genes: id, symbol, count, TPM. */
function star(barcode: string, genes: [string, string, number, number][], header = HEADER): StarFile {
  const unassigned = ['N_unmapped', 'N_multimapping', 'N_noFeature', 'N_ambiguous'].map(
    (name) => `${name}\t\t\t10\t1\t1\t\t\t`,
  );
  const rows = genes.map(
    ([id, name, count, tpm]) => `${id}\t${name}\tprotein_coding\t${count}\t0\t0\t${tpm}\t0.5\t0.25`,
  );
  const text = ['# gene-model: GENCODE v36', header, ...unassigned, ...rows, ''].join('\n');
  return { path: `${barcode}.tsv`, bytes: bytes(text), barcode };
}

describe('STAR counts of the GDC', () => {
  const GENES: [string, string, number, number][] = [
    ['ENSG1.1', 'A', 5, 1.5],
    ['ENSG2.2', 'B', 7, 2],
    ['ENSG3.1', 'A', 9, 4],
  ];

  it('one row a case, one column a symbol, by the rule that is named', () => {
    const files = [star('TCGA-AA-0001-01A-11R-A100-07', GENES)];
    const summed = readStarCounts(files, { measure: 'counts' });
    expect([summed.genes, [...summed.cases.get('TCGA-AA-0001')!]]).toEqual([
      ['A', 'B'],
      [14, 7],
    ]);
    expect(summed.notes).toEqual(['1 symbols stand for several genes; rule: sum']);
    const highest = readStarCounts(files, { measure: 'tpm', symbols: 'highest-mean' });
    expect([...highest.cases.get('TCGA-AA-0001')!]).toEqual([4, 2]);
    expect(highest.unit).toBe('tpm');
  });

  it('takes the lowest vial, then the highest plate, of tumours; names the rest', () => {
    const barcodes = [
      'TCGA-AA-0001-01B-11R-A900-07',
      'TCGA-AA-0001-01A-11R-A100-07',
      'TCGA-AA-0001-01A-11R-A200-07',
      'TCGA-AA-0001-11A-11R-A100-07',
    ];
    const files = barcodes.map((barcode, i) => star(barcode, [['ENSG1.1', 'A', i, i]]));
    const found = readStarCounts(files, { measure: 'counts' });
    expect([...found.cases.get('TCGA-AA-0001')!]).toEqual([2]);
    expect(found.notes.length).toBe(3);
    expect(found.notes).toContain('TCGA-AA-0001-11A-11R-A100-07: sample type 11 left out');
  });

  it.each([
    [
      'another header',
      [star('TCGA-AA-0001-01A', GENES, HEADER.replace('tpm', 'rpm'))],
      /expected a STAR counts file/,
    ],
    [
      'genes in another order',
      [star('TCGA-AA-0001-01A', GENES), star('TCGA-AA-0002-01A', [...GENES].reverse())],
      /another order than in the first file/,
    ],
    [
      'a negative count',
      [star('TCGA-AA-0001-01A', [['ENSG1.1', 'A', -5, 1]])],
      /tpm|-5|expected a number from 0/,
    ],
    ['a case barcode', [star('TCGA-AA-0001', GENES)], /is no sample or aliquot barcode/],
    ['normal tissue alone', [star('TCGA-AA-0001-11A', GENES)], /no file of sample type 01/],
  ])('%s is refused', (_name, files, words) => {
    expect(() => readStarCounts(files, { measure: 'counts' })).toThrow(words);
  });
});

describe('matrices', () => {
  it('Xena: samples become cases, one each', () => {
    const lines = ['sample\tTCGA-AA-0002-01\tTCGA-AA-0001-01\tTCGA-AA-0001-11', 'A\t1\t2\t3', 'B\t4\t5\t6'];
    const found = readXena(table(lines, 'x.tsv'), 'log2(tpm+1)');
    expect([...found.cases].map(([id, values]) => [id, [...values]])).toEqual([
      ['TCGA-AA-0001', [2, 5]],
      ['TCGA-AA-0002', [1, 4]],
    ]);
    expect(found.notes).toEqual(['TCGA-AA-0001-11: sample type 11 left out']);
  });

  it('PORPOISE: rows of one case repeat its numbers, or are refused', () => {
    const header = 'case_id,slide_id,A_rnaseq,B_rnaseq,A_cnv';
    const same = table([header, 'TCGA-AA-0001,S,1,2,0', 'TCGA-AA-0001,T,1,2,0']);
    expect([...readPorpoiseAssay(same, 'rnaseq').cases.get('TCGA-AA-0001')!]).toEqual([1, 2]);
    expect(readPorpoiseAssay(same, 'cnv').genes).toEqual(['A']);
    const other = table([header, 'TCGA-AA-0001,S,1,2,0', 'TCGA-AA-0001,T,1,3,0']);
    expect(() => readPorpoiseAssay(other, 'rnaseq')).toThrow(/line 3: case TCGA-AA-0001 has other numbers/);
    expect(() => readPorpoiseAssay(same, 'mut')).toThrow(/no column ends in _mut/);
  });

  it('the minimum of log2(TPM + 0.001) gives the unit away; a logarithm of it is refused', () => {
    const logged = readCaseRows(table([',A,B', 'TCGA-AA-0001,-9.9658,3']));
    expect(logged.unit).toBe('log2(tpm+0.001)');
    expect(() => logTransform(logged, 'log2(x+1)')).toThrow(/a logarithm of them means nothing/);
    const linear = readStarCounts([star('TCGA-AA-0001-01A', [['ENSG1.1', 'A', 3, 3]])]);
    expect([...logTransform(linear, 'log2(x+1)').cases.get('TCGA-AA-0001')!]).toEqual([2]);
  });
});

describe('scaling', () => {
  const value = fc.integer({ min: -100_000, max: 100_000 }).map((n) => n / 100);
  const row = fc.array(value, { minLength: 3, maxLength: 3 });

  it('z-scores have mean 0 and variance 1 on the cases that they were fitted on; constants become 0', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 20 }), (rows) => {
        const all = rows.map((values) => Float64Array.from([...values, 7]));
        const scaled = all.map((values) => applyScaling(fitZScores(all), values));
        for (let g = 0; g < 4; g++) {
          const column = scaled.map((values) => values[g]!);
          const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
          const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length;
          const constant = new Set(all.map((values) => values[g])).size === 1;
          expect(Math.abs(mean)).toBeLessThan(1e-6);
          if (constant) expect(column.every((scaledValue) => scaledValue === 0)).toBe(true);
          else expect(variance).toBeCloseTo(1, 6);
        }
      }),
    );
  });

  it('min–max spans [−1, 1] over the whole matrix, and survives being stored', () => {
    const rows = [Float64Array.of(0, 5), Float64Array.of(-3, 1)];
    const stored = JSON.parse(JSON.stringify(fitGlobalScaling(rows))) as ReturnType<typeof fitGlobalScaling>;
    expect([...applyScaling(stored, rows[0]!)]).toEqual([-0.25, 1]);
    expect([...applyScaling(stored, rows[1]!)]).toEqual([-1, 0]);
  });
});

describe('signatures', () => {
  it('from columns and from GMT are the same', () => {
    const columns = readSignatures(bytes('P,Q\nA,B\nC,\n'), 's.csv');
    const gmt = readSignatures(bytes('P\turl\tA\tC\r\nQ\t\tB\r\n'), 's.gmt');
    expect([...columns]).toEqual([...gmt]);
  });

  it.each([
    ['an empty set', 'P\turl\n', /a gene set without genes/],
    ['a set twice', 'P\tu\tA\nP\tu\tB\n', /gene set P occurs twice/],
    ['nothing', '\n', /holds no gene sets/],
  ])('%s is refused', (_name, text, words) => {
    expect(() => readSignatures(bytes(text), 's.gmt')).toThrow(words);
  });
});
