import type { JudgedRow } from './comparedRun.js';

/** A case, as A has it, as B has it, or as both. */
export interface Pair {
  readonly name: string;
  /** Rows of one patient, such as those of several folds or slides, are resampled together. */
  readonly patient: string;
  readonly a?: JudgedRow;
  readonly b?: JudgedRow;
}

/** Two runs cannot be laid side by side: what is in the way, and what to do. */
export class ExplainError extends Error {
  override readonly name = 'ExplainError';
}

/**
 * Lay the cases of two runs side by side. Names are compared as they are; where none is in both, TCGA barcodes by
 * their first twelve characters. A case that a run judged several times is paired fold by fold
 * and slide by slide.
 *
 * @throws ExplainError for a run without cases, or one that has a case twice and no fold that tells which is which.
 */
export function pairRuns(a: readonly JudgedRow[], b: readonly JudgedRow[]): Pair[] {
  requireRows('A', a);
  requireRows('B', b);
  const inA = new Set(a.map(({ caseId }) => caseId));
  const name = b.some(({ caseId }) => inA.has(caseId))
    ? ({ caseId }: JudgedRow) => caseId
    : ({ caseId }: JudgedRow) => barcode(caseId);
  const often = isNamedTwice(a, name) || isNamedTwice(b, name);
  const key = (row: JudgedRow) => (often ? `${name(row)} ${row.fold ?? ''} ${row.slide ?? ''}` : name(row));
  const [rowsA, rowsB] = [byKey('A', a, key), byKey('B', b, key)];
  return [...new Set([...rowsA.keys(), ...rowsB.keys()])].map((one) => {
    const [rowA, rowB] = [rowsA.get(one), rowsB.get(one)];
    const named = name((rowA ?? rowB)!);
    return { name: named, patient: barcode(named), ...(rowA && { a: rowA }), ...(rowB && { b: rowB }) };
  });
}

/** The case of a TCGA slide or sample; other names as they are. */
export function barcode(id: string): string {
  return /^TCGA-\w{2}-\w{4}/i.exec(id)?.[0].toUpperCase() ?? id;
}

function requireRows(run: string, rows: readonly JudgedRow[]): void {
  if (rows.length === 0) throw new ExplainError(`${run}: there are no judged cases`);
  const bad = rows.find(({ time, risk }) => !Number.isFinite(risk) || !Number.isFinite(time) || time < 0);
  if (bad) {
    throw new ExplainError(`${run}: case ${bad.caseId} has the time ${bad.time} and the risk ${bad.risk}`);
  }
}

function isNamedTwice(rows: readonly JudgedRow[], name: (row: JudgedRow) => string): boolean {
  return new Set(rows.map(name)).size < rows.length;
}

function byKey(
  run: string,
  rows: readonly JudgedRow[],
  key: (row: JudgedRow) => string,
): Map<string, JudgedRow> {
  const found = new Map<string, JudgedRow>();
  for (const row of rows) {
    const before = found.get(key(row));
    if (before) {
      throw new ExplainError(
        `${run}: ${row.caseId} is there twice${row.fold === undefined ? '' : ` in fold ${row.fold}`}, with the risks ` +
          `${before.risk} and ${row.risk}. A C-index needs one risk a case: keep one row, or add a column fold`,
      );
    }
    found.set(key(row), row);
  }
  return found;
}
