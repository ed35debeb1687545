import type { Pair } from './pairRuns.js';

/**
 * Whether cases that are in one fold of A are in one fold of B, whatever the folds are called.
 *
 * @returns B's names for A's where the folds are the same, over the cases that both have; undefined where they are
 *   not, or no case has a fold in both.
 */
export function sameFolds(pairs: readonly Pair[]): ReadonlyMap<string, string> | undefined {
  const [toA, toB] = [new Map<string, string>(), new Map<string, string>()];
  for (const { a, b } of pairs) {
    if (a?.fold === undefined || b?.fold === undefined) continue;
    if ((toA.get(b.fold) ?? a.fold) !== a.fold || (toB.get(a.fold) ?? b.fold) !== b.fold) return undefined;
    toA.set(b.fold, a.fold);
    toB.set(a.fold, b.fold);
  }
  return toA.size > 0 ? toA : undefined;
}

/** B's folds by A's names, where they are the same folds. */
export function renameFolds(pairs: readonly Pair[], names: ReadonlyMap<string, string>): Pair[] {
  return pairs.map((pair) =>
    pair.b?.fold === undefined
      ? pair
      : { ...pair, b: { ...pair.b, fold: names.get(pair.b.fold) ?? `${pair.b.fold} of B` } },
  );
}
