import { DataError } from '../dataError.js';
import type { TextTable } from '../tables/textTable.js';
import type { ExpressionTable, ExpressionUnit } from './expressionTable.js';

/** log2(0 + 0.001): the zero of Xena's and SurvPath's tables. */
const ZERO_OF_TPM_0001 = -9.9658;

/**
 * Expression with one row a case, as SurvPath's `rna_clean.csv`: an unnamed first column with the case, then
 * genes.
 *
 * @throws DataError naming case and gene for a value that is no finite number; for a case that occurs twice.
 */
export function readCaseRows(table: TextTable): ExpressionTable {
  const genes = table.names.slice(1);
  return finish(table, genes, 1, table.column(table.names[0]!));
}

/**
 * The part of a PORPOISE table that was measured by one assay: RNA z-scores, copy numbers or mutations.
 * Its rows are slides; those of one case repeat the same numbers.
 *
 * @throws DataError as `readCaseRows`, and if rows of one case differ or no column is of that assay.
 * @source mahmoodlab/PORPOISE, datasets_csv: columns `<gene>_rnaseq`, `<gene>_cnv`, `<gene>_mut`.
 */
export function readPorpoiseAssay(table: TextTable, assay: 'rnaseq' | 'cnv' | 'mut'): ExpressionTable {
  const ending = `_${assay}`;
  const names = table.names.filter((name) => name.endsWith(ending));
  if (names.length === 0) throw new DataError(table.path, `no column ends in ${ending}`);
  const first = table.names.indexOf(names[0]!);
  if (names.some((name, i) => table.names[first + i] !== name)) {
    throw new DataError(table.path, `columns that end in ${ending} do not stand together`);
  }
  const genes = names.map((name) => name.slice(0, -ending.length));
  const unit = assay === 'rnaseq' ? 'z-score' : 'unstated';
  return { ...finish(table, genes, first, table.column('case_id'), true), unit };
}

function finish(
  table: TextTable,
  genes: readonly string[],
  first: number,
  ids: readonly string[],
  repeats = false,
): ExpressionTable {
  const cases = new Map<string, Float64Array>();
  for (let row = 0; row < table.rows; row++) {
    const caseId = ids[row]!.trim().toUpperCase();
    const values = numbers(table, row, first, genes, caseId);
    const known = cases.get(caseId);
    if (known && !repeats) throw new DataError(table.where(row), `case ${caseId} occurs twice; keep one row`);
    if (known?.some((value, i) => value !== values[i])) {
      throw new DataError(table.where(row), `case ${caseId} has other numbers than in a row above; keep one`);
    }
    cases.set(caseId, values);
  }
  const { path, sha256 } = table;
  return { path, sha256, unit: unitByMinimum(cases.values()), genes, cases, notes: [] };
}

/** One row as numbers. Empty text is no number: it would silently become 0. */
function numbers(
  table: TextTable,
  row: number,
  first: number,
  genes: readonly string[],
  caseId: string,
): Float64Array {
  const values = new Float64Array(genes.length);
  table.numbers(row, first, values);
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      const problem = `expression of ${genes[i]} in ${caseId} is "${table.row(row)[first + i]}", expected a number`;
      throw new DataError(table.where(row), problem);
    }
  }
  return values;
}

/** A matrix's minimum tells which logarithm it carries; where it does not, the unit stays unstated. */
function unitByMinimum(rows: Iterable<Float64Array>): ExpressionUnit {
  let minimum = Infinity;
  for (const row of rows) for (const value of row) if (value < minimum) minimum = value;
  return Math.abs(minimum - ZERO_OF_TPM_0001) < 5e-4 ? 'log2(tpm+0.001)' : 'unstated';
}
