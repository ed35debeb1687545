import { computed, type PlantedRow, type ResultRow } from './studyReport.js';
import type { StudyFile } from './studySchema.js';

/** What the planted signal of each synthetic cohort allows, and the best that any method reached. */
export function comparePlanted(
  planted: NonNullable<StudyFile['planted']>,
  results: readonly ResultRow[],
): PlantedRow[] {
  return planted.map(({ cohort, cindex }) => {
    const best = (role: ResultRow['role']) =>
      results
        .flatMap((row) =>
          row.target === cohort && row.role === role && computed(row.cindex)
            ? [{ method: row.method, source: row.source, value: row.cindex.value }]
            : [],
        )
        .sort((a, b) => b.value - a.value)[0];
    const own = best('in-domain');
    return {
      cohort,
      planted: cindex,
      inDomain: own ? { method: own.method, value: own.value } : null,
      crossDomain: best('cross-domain') ?? null,
    };
  });
}
