import { criticalDifference } from '@concord/survival';
import type { NotComputed, Ranking } from './studyReport.js';

/**
 * Mean ranks with Friedman's test and Nemenyi's critical difference.
 *
 * @param scores [pairs][methods]: mean C, undefined where a method did not run.
 * @source Demšar 2006, JMLR 7.
 */
export function rankMethods(
  methods: readonly string[],
  scores: readonly (readonly (number | undefined)[])[],
): Ranking | NotComputed {
  const complete = scores.filter((row): row is number[] => row.every((score) => score !== undefined));
  if (methods.length < 2) return { reason: 'one method has no rank among others' };
  if (complete.length < 2) {
    return { reason: `${complete.length} source → target pairs have a C-index of every method; needs two` };
  }
  const { meanRanks, friedman, difference } = criticalDifference(complete);
  const ranks = methods
    .map((method, i) => ({ method, meanRank: meanRanks[i]! }))
    .sort((a, b) => a.meanRank - b.meanRank);
  return {
    pairs: complete.length,
    ranks,
    friedman,
    criticalDifference: difference,
    groups: groupsWithin(ranks, difference),
  };
}

/** Runs of neighbours whose ranks span at most the critical difference; one within another is left out. */
function groupsWithin(ranks: Ranking['ranks'], difference: number): string[][] {
  const groups: string[][] = [];
  let reached = 0;
  ranks.forEach(({ meanRank }, first) => {
    const end = ranks.filter((other) => other.meanRank <= meanRank + difference).length;
    if (end > reached && end - first > 1) groups.push(ranks.slice(first, end).map(({ method }) => method));
    reached = Math.max(reached, end);
  });
  return groups;
}
