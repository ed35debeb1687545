import { readFileSync, existsSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { DataError } from './dataError.js';

/** Expression of all cases: one row a case, one column a gene. */
export interface ExpressionTable {
  readonly path: string;
  readonly sha256: string;
  readonly genes: readonly string[];
  readonly cases: ReadonlyMap<string, Float64Array>;
}

/**
 * Read `rna_clean.csv`: an unnamed first column with the case, then genes. The table is all numbers and a
 * thousand columns wide, so it is split by hand: no quoting occurs in it, and a quote is refused.
 *
 * @throws DataError naming case and gene for a value that is no finite number; for a case or gene that occurs
 *   twice; for a row of another length.
 */
export function readExpression(path: string): ExpressionTable {
  if (!existsSync(path)) throw new DataError(path, 'no such file');
  const bytes = readFileSync(path);
  const lines = bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  if (lines.length < 2) throw new DataError(path, 'the table has no rows');
  if (lines.some((line) => line.includes('"')))
    throw new DataError(path, 'quoted cells are not expected in it');
  const genes = lines[0]!.split(',').slice(1);
  const twice = genes.find((gene, i) => genes.indexOf(gene) !== i);
  if (twice !== undefined)
    throw new DataError(`${path}, line 1`, `gene ${twice || '(no name)'} occurs twice`);
  const cases = new Map<string, Float64Array>();
  lines.slice(1).forEach((line, i) => {
    const where = `${path}, line ${i + 2}`;
    const cells = line.split(',');
    const caseId = cells[0]!;
    if (cells.length !== genes.length + 1) {
      throw new DataError(where, `${caseId} has ${cells.length - 1} values for ${genes.length} genes`);
    }
    if (cases.has(caseId)) throw new DataError(where, `case ${caseId} occurs twice; keep one row`);
    const values = Float64Array.from({ length: genes.length }, (_, g) => Number(cells[g + 1]!.trim() || NaN));
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      throw new DataError(
        where,
        `expression of ${genes[bad]} in ${caseId} is "${cells[bad + 1]}", expected a number`,
      );
    }
    cases.set(caseId, values);
  });
  return { path, sha256: createHash('sha256').update(bytes).digest('hex'), genes, cases };
}
