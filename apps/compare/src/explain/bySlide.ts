import type { JudgedRow } from './comparedRun.js';
import { barcode } from './pairRuns.js';

/** Whether slides are judged where cases are meant: a case has several rows in one fold, each of another slide. */
export function isBySlide(rows: readonly JudgedRow[]): boolean {
  const groups = [...groupsOf(rows).values()];
  const several = groups.filter(({ length }) => length > 1);
  return (
    several.length > 0 &&
    several.every((group) => new Set(group.map(({ slide, caseId }) => slide ?? caseId)).size === group.length)
  );
}

/** One row a case: the mean risk of its slides, the outcome of the first. */
export function meanOfSlides(rows: readonly JudgedRow[]): JudgedRow[] {
  return [...groupsOf(rows).values()].map((group) => {
    const { slide: _, ...first } = group[0]!;
    const risk = group.reduce((sum, row) => sum + row.risk, 0) / group.length;
    return { ...first, caseId: barcode(first.caseId), risk };
  });
}

function groupsOf(rows: readonly JudgedRow[]): Map<string, JudgedRow[]> {
  const groups = new Map<string, JudgedRow[]>();
  for (const row of rows) {
    const key = `${row.fold ?? ''} ${barcode(row.caseId)}`;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}
