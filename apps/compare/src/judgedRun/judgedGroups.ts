import { concordance, SurvivalError, type TieRule } from '@concord/survival';
import type { CaseRow, CaseTable, JudgedRun, Part } from './judgedRun.js';

/** A judged case with its outcome. */
export interface JudgedRow extends CaseRow {
  readonly risk: number;
  readonly time: number;
  readonly event: boolean;
}

/** Cases that one model judged together: of one file, training, fold, cohort and part. */
export interface JudgedGroup {
  /** As a person names it: `risks.csv, blca, validation`. */
  readonly name: string;
  readonly file: string;
  readonly fold?: string;
  readonly cohort?: string;
  readonly part?: Part;
  /** Every row with a risk, whatever its outcome. */
  readonly rows: readonly CaseRow[];
  /** Rows whose risk and outcome are numbers. */
  readonly judged: readonly JudgedRow[];
  /** Rows without an outcome in any table. */
  readonly withoutOutcome: readonly CaseRow[];
}

/** Tables of a run that hold risks. */
export function riskTables(run: JudgedRun): CaseTable[] {
  return run.tables.filter(({ columns, reference }) => columns['risk'] !== undefined && !reference);
}

/** Tables of a run that hold outcomes and no risks; with `reference` those of that folder, else the others. */
export function outcomeTables(run: JudgedRun, reference: boolean): CaseTable[] {
  return run.tables.filter(
    (table) =>
      table.reference === reference &&
      table.columns['risk'] === undefined &&
      table.columns['time'] !== undefined,
  );
}

/** A case of a cohort: two cohorts may use the same names. */
export function caseKey({ cohort, caseId }: Pick<CaseRow, 'cohort' | 'caseId'>): string {
  return cohort === undefined ? caseId : `${cohort} ${caseId}`;
}

/**
 * The outcome of each case by the first of the tables that has it; by its name alone too, for tables without a
 * column of cohorts.
 */
export function outcomesByCase(tables: readonly CaseTable[]): Map<string, CaseRow> {
  const outcomes = new Map<string, CaseRow>();
  for (const { rows } of tables) {
    for (const row of rows) {
      if (row.time === undefined) continue;
      for (const key of [caseKey(row), row.caseId]) if (!outcomes.has(key)) outcomes.set(key, row);
    }
  }
  return outcomes;
}

/** Risks of a run in the groups that a C-index is computed of, outcomes joined by case where risks have none. */
export function judgedGroups(run: JudgedRun): JudgedGroup[] {
  const outcomes = outcomesByCase([...outcomeTables(run, false), ...outcomeTables(run, true)]);
  return riskTables(run).flatMap(({ file, rows }) => {
    const groups = new Map<string, CaseRow[]>();
    for (const row of rows) {
      const key = [row.run ?? '', row.fold ?? '', row.cohort ?? '', row.part ?? ''].join('\n');
      groups.set(key, [...(groups.get(key) ?? []), row]);
    }
    return [...groups.values()].map((own): JudgedGroup => {
      const { run: training, fold, cohort, part } = own[0]!;
      const joined = own.map((row) => withOutcome(row, outcomes));
      const words = [file, training, ...(fold === undefined ? [] : [`fold ${fold}`]), cohort, part];
      return {
        name: words.filter((word) => word !== undefined).join(', '),
        file,
        ...(fold !== undefined && { fold }),
        ...(cohort !== undefined && { cohort }),
        ...(part !== undefined && { part }),
        rows: own,
        judged: joined.filter(isJudged),
        withoutOutcome: joined.filter(({ time, event }) => time === undefined || event === undefined),
      };
    });
  });
}

/** Harrell's C of a group; undefined where it has none, as in a cohort without events. */
export function groupConcordance(
  rows: readonly Pick<JudgedRow, 'time' | 'event' | 'risk'>[],
  ties?: TieRule,
): number | undefined {
  const followUp = { times: rows.map(({ time }) => time), events: rows.map(({ event }) => event) };
  const risks = rows.map(({ risk }) => risk);
  try {
    return concordance(followUp, risks, ties).c;
  } catch (error) {
    if (error instanceof SurvivalError) return undefined;
    throw error;
  }
}

function withOutcome(row: CaseRow, outcomes: ReadonlyMap<string, CaseRow>): CaseRow {
  if (row.time !== undefined && row.event !== undefined) return row;
  const known = outcomes.get(caseKey(row)) ?? outcomes.get(row.caseId);
  if (!known) return row;
  return {
    ...row,
    ...(known.time !== undefined && { time: known.time }),
    ...(known.timeText !== undefined && { timeText: known.timeText }),
    ...(known.event !== undefined && { event: known.event }),
  };
}

function isJudged(row: CaseRow): row is JudgedRow {
  return Number.isFinite(row.risk) && Number.isFinite(row.time) && row.time! >= 0 && row.event !== undefined;
}
