import { ENDPOINTS, type Endpoint, type SurvivalTable } from './survivalTable.js';

/** Two sources say different things of one case. */
export interface Disagreement {
  readonly caseId: string;
  readonly endpoint: Endpoint;
  readonly field: 'event' | 'days' | 'presence';
  /** As each source has it; days are rounded to whole ones. */
  readonly values: readonly [first: string, second: string];
}

/**
 * Where two sources disagree on the cases that both have. Months are turned into whole days first, by each
 * source's own month, so that only follow-up that really differs is listed. Nothing is averaged or repaired.
 *
 * @param toleranceDays difference in days that is still the same follow-up; 1 allows for rounded months.
 */
export function compareSurvival(
  first: SurvivalTable,
  second: SurvivalTable,
  toleranceDays = 1,
): Disagreement[] {
  const found: Disagreement[] = [];
  for (const [caseId, one] of first.cases) {
    const other = second.cases.get(caseId);
    if (!other) continue;
    for (const endpoint of ENDPOINTS) {
      const [a, b] = [one.outcomes[endpoint], other.outcomes[endpoint]];
      const report = (field: Disagreement['field'], values: [string, string]) =>
        found.push({ caseId, endpoint, field, values });
      if (!a || !b) {
        if ((a || b) && offers(first, endpoint) && offers(second, endpoint)) {
          report('presence', [a ? 'present' : 'absent', b ? 'present' : 'absent']);
        }
        continue;
      }
      if (a.event !== b.event) report('event', [String(a.event), String(b.event)]);
      const days = [a.timeMonths * first.daysPerMonth, b.timeMonths * second.daysPerMonth] as const;
      if (Math.abs(days[0] - days[1]) > toleranceDays) {
        report('days', [String(Math.round(days[0])), String(Math.round(days[1]))]);
      }
    }
  }
  return found;
}

/** A source without the endpoint at all says nothing about any case. */
function offers(table: SurvivalTable, endpoint: Endpoint): boolean {
  return [...table.cases.values()].some(({ outcomes }) => outcomes[endpoint]);
}
