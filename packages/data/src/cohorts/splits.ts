import { DataError } from '../dataError.js';
import type { TextTable } from '../tables/textTable.js';
import { stream } from '../normalStream.js';
import { shuffled } from '../shuffled.js';

/** Who trains and who validates. */
export interface Split {
  readonly train: readonly string[];
  readonly validation: readonly string[];
}

/**
 * A split as the field stores it: columns `train` and `val`, ragged, where empty cells pad the shorter one.
 * Repeats are kept, so that `checkLeakage` can name them.
 *
 * @throws DataError if a column is missing or empty.
 */
export function readSplit(table: TextTable): Split {
  const cases = (column: string) => {
    const ids = table
      .column(column)
      .map((id) => id.trim())
      .filter((id) => id !== '');
    if (ids.length === 0) throw new DataError(table.path, `column ${column} names no case`);
    return ids;
  };
  return { train: cases('train'), validation: cases('val') };
}

/** What a stratified split looks at. */
export interface SplitCase {
  readonly caseId: string;
  readonly event: boolean;
  readonly bin: number;
}

/**
 * New folds, stratified by time bin and event: within each stratum cases are shuffled and dealt out in turn.
 *
 * @param seed the same seed gives the same folds, whatever the order of the cases.
 * @throws DataError if there are fewer cases than folds, or a fold would have no event to validate on.
 */
export function stratifiedFolds(
  cases: readonly SplitCase[],
  folds: number,
  seed: number,
  where: string,
): Split[] {
  if (cases.length < folds) throw new DataError(where, `${cases.length} cases cannot make ${folds} folds`);
  const strata = new Map<string, SplitCase[]>();
  for (const one of [...cases].sort((a, b) => (a.caseId < b.caseId ? -1 : 1))) {
    // Events first, bin after bin: dealt out in one go, no fold has more than one event above another.
    const stratum = `${one.event ? 'event' : 'later'}/${one.bin}`;
    strata.set(stratum, [...(strata.get(stratum) ?? []), one]);
  }
  const parts: SplitCase[][] = Array.from({ length: folds }, () => []);
  let next = 0;
  for (const [stratum, members] of [...strata].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const random = stream(`split/${seed}/${stratum}`);
    for (const one of shuffled(members, random)) parts[next++ % folds]!.push(one);
  }
  const empty = parts.findIndex((part) => !part.some(({ event }) => event));
  if (empty >= 0)
    throw new DataError(where, `fold ${empty} of ${folds} would have no event; use fewer folds`);
  return parts.map((part) => {
    const held = new Set(part.map(({ caseId }) => caseId));
    const ids = cases.map(({ caseId }) => caseId);
    return { train: ids.filter((id) => !held.has(id)), validation: ids.filter((id) => held.has(id)) };
  });
}

/** The cross-cancer protocol: train on one cohort, test on another, all ordered pairs. */
export function crossCancerPairs<T>(cohorts: readonly T[]): { source: T; target: T }[] {
  return cohorts.flatMap((source) =>
    cohorts.filter((target) => target !== source).map((target) => ({ source, target })),
  );
}
