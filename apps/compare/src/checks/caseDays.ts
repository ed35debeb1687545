import { caseKey, type CaseRow, type CaseTable } from '../judgedRun/index.js';
import { monthLengths } from './months.js';

const DAYS_OF_YEAR = 365.25;

/** Follow-up of a case in days, as near as its table says. */
export interface CaseDays {
  readonly days: number;
  readonly event: boolean | undefined;
  readonly row: number;
  readonly from: string;
}

/** Days of each case of a table, by its own length of a month; the first row of a case counts. */
export function caseDays({ rows, unit }: CaseTable): Map<string, CaseDays> {
  const month = monthLengths(rows.map(({ timeText = '' }) => timeText)).fit[0];
  const factor = { days: 1, unknown: month ?? 1, years: DAYS_OF_YEAR, months: month ?? 30 }[unit];
  const found = new Map<string, CaseDays>();
  rows.forEach(({ time, event, from, ...row }, i) => {
    if (time === undefined || !Number.isFinite(time)) return;
    const one = { days: time * factor, event, row: i, from };
    for (const key of [caseKey(row), row.caseId]) if (!found.has(key)) found.set(key, one);
  });
  return found;
}

/** How two tables name the same case: by its cohort too, where both have one. */
export function sharedKey(one: CaseTable, other: CaseTable): (row: CaseRow) => string {
  const both = [one, other].every(({ columns }) => columns['cohort'] !== undefined);
  return both ? caseKey : ({ caseId }) => caseId;
}

/** A day more or less is rounding: two tables then say the same. */
export function isSameTime(a: CaseDays, b: CaseDays): boolean {
  return Math.abs(a.days - b.days) <= 1;
}
