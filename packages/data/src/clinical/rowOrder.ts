import type { Disagreement } from './compareSurvival.js';
import { ENDPOINTS, type Endpoint, type SurvivalTable } from './survivalTable.js';

/** Times that stand beside the wrong ids. */
export interface RowsOutOfOrder {
  readonly endpoint: Endpoint;
  /** Cases that both sources have, those whose time differs, and those of them whose time is another case's. */
  readonly shared: number;
  readonly differing: number;
  readonly swapped: number;
}

/** Sources that differ in so many cases do not differ case by case. */
const MANY = 0.2;
/** Follow-up in days repeats by chance, but not for most of the cases that differ. */
const MOST = 0.8;

/**
 * Did somebody sort the ids and not the times? Two sources then disagree on many cases, and the times that
 * differ are nearly all times of other cases. Updated follow-up, by contrast, brings times that nobody had.
 *
 * @param disagreements of the same two tables, from `compareSurvival`.
 */
export function rowsOutOfOrder(
  first: SurvivalTable,
  second: SurvivalTable,
  disagreements: readonly Disagreement[],
): RowsOutOfOrder[] {
  return ENDPOINTS.flatMap((endpoint) => {
    const days = (table: SurvivalTable, caseId: string) => {
      const outcome = table.cases.get(caseId)?.outcomes[endpoint];
      return outcome && Math.round(outcome.timeMonths * table.daysPerMonth);
    };
    const shared = [...first.cases.keys()].filter(
      (id) => days(first, id) !== undefined && days(second, id) !== undefined,
    );
    const differing = disagreements.filter((one) => one.endpoint === endpoint && one.field === 'days');
    if (differing.length <= MANY * shared.length) return [];
    const theirs = new Set(differing.map(({ caseId }) => days(second, caseId)!));
    const near = (day: number) => [day - 1, day, day + 1].some((one) => theirs.has(one));
    const swapped = differing.filter(({ caseId }) => near(days(first, caseId)!)).length;
    if (swapped < MOST * differing.length) return [];
    return [{ endpoint, shared: shared.length, differing: differing.length, swapped }];
  });
}
