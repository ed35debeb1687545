import type { TextTable } from '@concord/data';
import { partOf } from './caseTable.js';
import { foldOfName } from './foldOfName.js';
import type { CaseTable, Part, RunSplit } from './judgedRun.js';
import type { Setting } from './facts.js';

const PARTS: readonly Part[] = ['training', 'validation', 'test'];

type Sides = Record<Part, string[]>;

const empty = (): Sides => ({ training: [], validation: [], test: [] });

/** True for a table that has a column for each part. */
export function isSplitTable(names: readonly string[]): boolean {
  const parts = new Set(names.map(partOf));
  return parts.has('training') && (parts.has('validation') || parts.has('test'));
}

/**
 * A split as the field stores it: ragged columns `train`, `val`, `test` of cases, or a row a case with true and
 * false. Repeats are kept.
 */
export function readRunSplit(table: TextTable, file: string): RunSplit {
  const sides = empty();
  for (const name of table.names) {
    const part = partOf(name);
    if (!part) continue;
    const cells = table.column(name).map((cell) => cell.trim());
    const flags = cells.every((cell) => /^(true|false|0|1|)$/i.test(cell));
    const ids = flags ? table.column(table.names[0]!).filter((_, i) => /^(true|1)$/i.test(cells[i]!)) : cells;
    sides[part].push(...ids.map((id) => id.trim()).filter((id) => id !== '' && !/^nan$/i.test(id)));
  }
  const fold = foldOfName(file);
  return { from: file, ...(fold !== undefined && { fold }), cases: sides };
}

/** Splits that a table of cases says row by row, one for each fold. */
export function splitsOfTable({ file, rows }: CaseTable): RunSplit[] {
  const folds = new Map<string | undefined, Sides>();
  for (const { caseId, part, fold, cohort } of rows) {
    if (!part) continue;
    const sides = folds.get(fold) ?? empty();
    sides[part].push(cohort === undefined ? caseId : `${cohort} ${caseId}`);
    folds.set(fold, sides);
  }
  return [...folds]
    .filter(([, sides]) => sides.training.length > 0)
    .map(([fold, cases]) => ({ from: file, ...(fold !== undefined && { fold }), cases }));
}

/** A split inside a configuration, as `concord train --split` keeps it: `split.train` and `split.validation`. */
export function splitOfSettings(settings: readonly Setting[]): RunSplit[] {
  const sides = empty();
  let from = '';
  for (const { key, value, from: place } of settings) {
    const words = key.split('.');
    const part = words.length === 2 && words[0] === 'split' ? partOf(words[1]!) : undefined;
    if (!part || !Array.isArray(value)) continue;
    sides[part].push(...value.map(String));
    from = place;
  }
  return PARTS.filter((part) => sides[part].length > 0).length > 1 ? [{ from, cases: sides }] : [];
}
