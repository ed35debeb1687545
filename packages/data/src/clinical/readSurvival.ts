import { DataError } from '../dataError.js';
import type { TextTable } from '../tables/textTable.js';
import type { ClinicalLayout } from './clinicalLayout.js';
import { isMissing } from './missing.js';
import {
  ENDPOINTS,
  type ClinicalCase,
  type Endpoint,
  type Exclusion,
  type Outcome,
  type SurvivalTable,
} from './survivalTable.js';

/**
 * One record a case from a table in a known layout. Rows of the same case (one for each slide) are joined.
 *
 * What is missing or cannot be right (an empty time, a time of 0 or below, a redacted patient) is excluded and
 * listed, never repaired. What contradicts the layout is an error.
 *
 * @throws DataError for a missing column, a time or age that is no number, a flag other than 0 and 1, a sex
 *   that is neither value, or rows of one case that disagree.
 */
export function readSurvival(table: TextTable, layout: ClinicalLayout): SurvivalTable {
  const cells = columns(table, layout);
  const cases = new Map<string, ClinicalCase>();
  const excluded: Exclusion[] = [];
  for (let row = 0; row < table.rows; row++) {
    const where = table.where(row);
    const text = (column: string | undefined) =>
      column === undefined ? '' : (cells.get(column)?.[row]?.trim() ?? '');
    if (layout.only && text(layout.only[0]) !== layout.only[1]) continue;
    const caseId = text(layout.caseId).toUpperCase();
    const exclude = (reason: string, endpoint?: Endpoint) =>
      excluded.push({ where, caseId, ...(endpoint && { endpoint }), reason });
    if (isMissing(caseId)) {
      exclude('no case id');
      continue;
    }
    if (!isMissing(text(layout.redaction))) {
      exclude(`redacted by the source: ${text(layout.redaction)}`);
      continue;
    }
    const known = cases.get(caseId);
    const outcomes: Partial<Record<Endpoint, Outcome>> = {};
    for (const endpoint of ENDPOINTS) {
      const pair = layout.endpoints[endpoint];
      if (!pair || !cells.has(pair[0])) continue;
      const found = outcome(text(pair[0]), text(pair[1]), layout, where, caseId);
      if (typeof found === 'string') exclude(found, endpoint);
      else outcomes[endpoint] = found;
    }
    const slideId = text(layout.slideId);
    const record: ClinicalCase = {
      caseId,
      outcomes,
      slideIds: [...new Set([...(known?.slideIds ?? []), ...(slideId ? [slideId] : [])])],
      ...optional('age', number(text(layout.age), 'age', where, caseId)),
      ...optional('sex', layout.sex && sex(text(layout.sex[0]), layout.sex, where, caseId)),
      ...optional('stage', present(text(layout.stage))),
      ...optional('grade', present(text(layout.grade))),
      ...optional('subtype', present(text(layout.subtype))),
      ...optional('site', siteOf(caseId)),
    };
    if (known) requireSameOutcomes(known, record, where);
    cases.set(caseId, record);
  }
  if (cases.size === 0) {
    const only = layout.only ? ` with ${layout.only[0]} ${layout.only[1]}` : '';
    const why = excluded[0] ? `; the first: ${excluded[0].reason} (${excluded[0].where})` : '';
    throw new DataError(table.path, `no usable case${only} among ${table.rows} rows${why}`);
  }
  const { path, sha256 } = table;
  return { path, sha256, daysPerMonth: layout.daysPerMonth, cases, excluded };
}

/**
 * The columns that the layout names and the table has. Case, slide and filter have to be there, as has at
 * least one endpoint, whole; what only describes a case may be absent.
 */
function columns(table: TextTable, layout: ClinicalLayout): Map<string, readonly string[]> {
  const { caseId, slideId, age, stage, grade, subtype, redaction, sex, only } = layout;
  const pairs = Object.values(layout.endpoints);
  const present = pairs.filter((pair) => pair.some((name) => table.has(name)));
  const needed = [caseId, slideId, only?.[0], ...(present.length > 0 ? present : pairs).flat()];
  const wanted = [age, stage, grade, subtype, redaction, sex?.[0]].filter((name) => name && table.has(name));
  const names = [...needed, ...wanted].filter((name) => name !== undefined);
  return new Map(names.map((name) => [name, table.column(name)]));
}

/** The outcome, or why there is none. */
function outcome(
  time: string,
  flag: string,
  layout: ClinicalLayout,
  where: string,
  caseId: string,
): Outcome | string {
  if (isMissing(time) && isMissing(flag)) return 'no follow-up';
  if (isMissing(time)) return 'a status without a time';
  if (isMissing(flag)) return 'a time without a status';
  const value = number(time, 'time', where, caseId)!;
  if (!['0', '1', '0.0', '1.0'].includes(flag)) {
    throw new DataError(where, `status of ${caseId} is "${flag}", expected 0 or 1`);
  }
  if (value <= 0) return `follow-up of ${value} ${layout.unit}`;
  return {
    timeMonths: layout.unit === 'months' ? value : value / layout.daysPerMonth,
    event: (Number(flag) === 1) === (layout.flag === 'event'),
  };
}

function number(text: string, what: string, where: string, caseId: string): number | undefined {
  if (isMissing(text)) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value))
    throw new DataError(where, `${what} of ${caseId} is "${text}", expected a number`);
  return value;
}

function sex(
  text: string,
  [column, female, male]: readonly [string, string, string],
  where: string,
  caseId: string,
): 'female' | 'male' | undefined {
  if (isMissing(text)) return undefined;
  const same = (value: string) => text === value || (text !== '' && Number(text) === Number(value));
  if (same(female)) return 'female';
  if (same(male)) return 'male';
  throw new DataError(where, `${column} of ${caseId} is "${text}", expected ${female} or ${male}`);
}

function present(text: string): string | undefined {
  return isMissing(text) ? undefined : text;
}

/** TCGA-XX-0000 → XX. */
function siteOf(caseId: string): string | undefined {
  return /^TCGA-([0-9A-Z]{2})-[0-9A-Z]{4}$/.exec(caseId)?.[1];
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
}

function requireSameOutcomes(known: ClinicalCase, again: ClinicalCase, where: string): void {
  for (const endpoint of ENDPOINTS) {
    const [a, b] = [known.outcomes[endpoint], again.outcomes[endpoint]];
    if (a?.timeMonths !== b?.timeMonths || a?.event !== b?.event) {
      throw new DataError(
        where,
        `case ${known.caseId} has another outcome (${endpoint}) than in a row above`,
      );
    }
  }
}
