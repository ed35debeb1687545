import type { CsvTable } from './csvTable.js';
import { DataError } from './dataError.js';

/** Which outcome a model is to predict. */
export type Endpoint = 'os' | 'dss' | 'pfi';

/** Outcome and slides of one case. */
export interface SurvivalRecord {
  readonly timeMonths: number;
  readonly event: boolean;
  readonly slideIds: readonly string[];
}

/** Columns of an endpoint: months, and a flag that is 1 where the case is *censored*. */
const COLUMNS: Record<Endpoint, readonly [months: string, censorship: string]> = {
  os: ['survival_months', 'censorship'],
  dss: ['survival_months_dss', 'censorship_dss'],
  pfi: ['survival_months_pfi', 'censorship_pfi'],
};

/**
 * One record a case from a table with one row a slide. The published flag is turned round here, once: event =
 * 1 − censorship.
 *
 * @throws DataError for a month that is no positive number, a flag other than 0 and 1, or a case whose rows
 *   disagree.
 */
export function survivalByCase(table: CsvTable, endpoint: Endpoint): Map<string, SurvivalRecord> {
  const [monthsName, flagName] = COLUMNS[endpoint];
  const [cases, slides] = [table.column('case_id'), table.column('slide_id')];
  const [months, flags] = [table.column(monthsName), table.column(flagName)];
  const records = new Map<string, SurvivalRecord>();
  cases.forEach((caseId, i) => {
    const where = `${table.path}, line ${i + 2}`;
    const timeMonths = Number(months[i]);
    if (months[i]!.trim() === '' || !Number.isFinite(timeMonths) || timeMonths <= 0) {
      throw new DataError(where, `${monthsName} of ${caseId} is "${months[i]}", expected months above 0`);
    }
    const flag = Number(flags[i]);
    if (flags[i]!.trim() === '' || (flag !== 0 && flag !== 1)) {
      throw new DataError(where, `${flagName} of ${caseId} is "${flags[i]}", expected 0 or 1`);
    }
    const event = flag === 0;
    const known = records.get(caseId);
    if (known && (known.timeMonths !== timeMonths || known.event !== event)) {
      throw new DataError(where, `case ${caseId} has another outcome than in a row above; keep one`);
    }
    records.set(caseId, { timeMonths, event, slideIds: [...(known?.slideIds ?? []), slides[i]!] });
  });
  return records;
}
