import { DataError } from '../dataError.js';
import type { ExpressionTable } from './expressionTable.js';

/** How linear expression is brought onto a logarithmic scale. */
export type LogTransform = 'log2(x+1)' | 'log2(x+0.001)';

/**
 * The table on a logarithmic scale.
 *
 * @throws DataError if it is on one already, holds z-scores, or a negative number.
 */
export function logTransform(table: ExpressionTable, transform: LogTransform): ExpressionTable {
  if (table.unit === 'z-score' || table.unit.startsWith('log2')) {
    throw new DataError(table.path, `its numbers are ${table.unit}; a logarithm of them means nothing`);
  }
  const offset = transform === 'log2(x+1)' ? 1 : 0.001;
  const cases = new Map<string, Float64Array>();
  for (const [caseId, values] of table.cases) {
    const at = values.findIndex((value) => value < 0);
    if (at >= 0) throw new DataError(table.path, `${table.genes[at]} of ${caseId} is ${values[at]}, below 0`);
    cases.set(
      caseId,
      values.map((value) => Math.log2(value + offset)),
    );
  }
  const unit = table.unit === 'tpm' ? (`log2(tpm+${offset})` as ExpressionTable['unit']) : 'unstated';
  return { ...table, unit, cases, notes: [...table.notes, transform] };
}
