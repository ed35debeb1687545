import type { TextTable } from '@concord/data';
import { plainKey } from './facts.js';
import type { GeneTable } from './judgedRun.js';

const FIRST = new Set([
  '',
  'case',
  'caseid',
  'patient',
  'patientid',
  'sample',
  'sampleid',
  'id',
  'unnamed0',
  'submitterid',
]);
/** Rows that are looked at before a table is taken for one of genes. */
const LOOKED_AT = 5;

/** True for a table whose first column names cases and whose other columns are all numbers. */
export function isGeneTable(table: TextTable): boolean {
  if (table.names.length < 3 || !FIRST.has(plainKey(table.names[0]!))) return false;
  const values = new Float64Array(table.names.length - 1);
  const rows = Math.min(LOOKED_AT, table.rows);
  let numbers = 0;
  for (let row = 0; row < rows; row++) {
    table.numbers(row, 1, values);
    numbers += values.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0);
  }
  return !/^-?\d+(\.\d+)?$/.test(table.row(0)[0]!) && numbers > 0.9 * rows * values.length;
}

/** Genes of each case: a row a case, a column a gene. Names such as `TP53_rnaseq` are those of the gene. */
export function readGenes(table: TextTable, file: string): GeneTable {
  const names = table.names.slice(1);
  return {
    file,
    reference: false,
    genes: names.map((name) => name.trim().replace(/_rnaseq$/, '')),
    cases: table.column(table.names[0]!).map((id) => id.trim()),
    row(index) {
      const values = new Float64Array(names.length);
      table.numbers(index, 1, values);
      return values;
    },
    where: (index) => table.where(index).replace(table.path, file),
  };
}
