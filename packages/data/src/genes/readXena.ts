import { DataError } from '../dataError.js';
import type { TextTable } from '../tables/textTable.js';
import type { ExpressionTable, ExpressionUnit } from './expressionTable.js';

/**
 * A matrix of UCSC Xena: one row a gene, one column a sample (barcode to the sample type, TCGA-2F-A9KO-01).
 * One sample a case: the lowest sample type asked for.
 *
 * @param unit as the data set's page states it; the numbers alone do not tell.
 * @throws DataError for a value that is no number, a gene that occurs twice, or no sample of these types.
 */
export function readXena(
  table: TextTable,
  unit: ExpressionUnit,
  sampleTypes: readonly string[] = ['01'],
): ExpressionTable {
  const genes = table.column(table.names[0]!);
  const twice = genes.find((gene, i) => genes.indexOf(gene) !== i);
  if (twice !== undefined) throw new DataError(table.path, `gene ${twice} occurs in two rows`);
  const notes: string[] = [];
  const cases = new Map<string, Float64Array>();
  for (const name of [...table.names.slice(1)].sort()) {
    const parts = /^(TCGA-[0-9A-Z]{2}-[0-9A-Z]{4})-(\d{2})[A-Z]?$/.exec(name.toUpperCase());
    if (!parts)
      throw new DataError(`${table.path}, line 1`, `${name} is no sample barcode, as TCGA-2F-A9KO-01`);
    const [, caseId, sampleType] = parts as unknown as [string, string, string];
    if (!sampleTypes.includes(sampleType)) notes.push(`${name}: sample type ${sampleType} left out`);
    else if (cases.has(caseId)) notes.push(`${name}: left out for another sample of ${caseId}`);
    else cases.set(caseId, column(table, name, genes));
  }
  if (cases.size === 0) throw new DataError(table.path, `no sample of type ${sampleTypes.join(', ')}`);
  const { path, sha256 } = table;
  return { path, sha256, unit, genes, cases, notes };
}

function column(table: TextTable, name: string, genes: readonly string[]): Float64Array {
  return Float64Array.from(table.column(name), (cell, row) => {
    const value = Number(cell);
    if (cell.trim() === '' || !Number.isFinite(value)) {
      throw new DataError(table.where(row), `${genes[row]} of ${name} is "${cell}", expected a number`);
    }
    return value;
  });
}
