import {
  groupConcordance,
  outcomeTables,
  riskTables,
  type CaseRow,
  type CaseTable,
  type JudgedRun,
} from '../../judgedRun/index.js';
import { caseDays, isSameTime, sharedKey, type CaseDays } from '../caseDays.js';
import {
  cannot,
  counted,
  found,
  listed,
  notFound,
  number,
  table,
  type CheckFinding,
  type RunCheck,
} from '../check.js';

/** So many rows in rising order of both ids and times are no chance: at 8 it is one in 40,320. */
const IN_ORDER = 8;
/** Of the times that differ, so many have to be another case's: new follow-up brings times that nobody had. */
const MOST = 0.8;

/** Among so many times a day more or less is chance: they have to be the others' to the very day, in the whole table. */
const WHOLE = 5;
const SAME_DAY = 0.2;

/** Somebody sorted the ids and not the times, or one column of them. */
export const timesOfOthers: RunCheck = {
  id: 'times-of-others',
  mistake: 'Times stand beside the ids of other cases.',
  effect: 'The outcomes are shuffled: whatever the model says, its C-index goes to 0.5.',
  remedy: 'Join by case, never by row; sort whole rows.',
  judge(run) {
    const tables = [...riskTables(run), ...outcomeTables(run, false)].filter(
      ({ columns }) => columns['time'] !== undefined,
    );
    const sorted = tables.find(isSortedTwice);
    if (sorted) {
      return found(
        `${sorted.file}: ids rise with the row, and so do the times: one of them was sorted alone`,
      );
    }
    const references = outcomeTables(run, true);
    const pairs = tables.flatMap((one, i) =>
      [...references, ...tables.slice(i + 1)].map((other) => ({ one, other, ...compare(one, other) })),
    );
    const judgeable = pairs.filter(({ shared }) => shared >= 2);
    const swapped = judgeable.find(
      ({ others, differing }) => others >= 2 && others >= MOST * differing.length,
    );
    if (swapped) return ofPair(run, swapped);
    if (judgeable.length === 0) {
      return cannot(
        'the times stand in one table alone',
        'put the table that they come from into reference/, with case_id and OS_days',
      );
    }
    const words = judgeable.map(({ one, other, shared, differing }) => {
      const newer =
        differing.length > 0
          ? `, but for ${differing.length} of ${shared}, whose times are those of no other case`
          : '';
      return `${one.file} with ${other.file}${newer}`;
    });
    return notFound(`times agree by case: ${listed(words)}`);
  },
};

interface Comparison {
  readonly shared: number;
  readonly differing: readonly (readonly [id: string, here: CaseDays, there: CaseDays])[];
  /** Of those that differ, how many have the time of another that differs. */
  readonly others: number;
}

function compare(one: CaseTable, other: CaseTable): Comparison {
  const [here, there] = [caseDays(one), caseDays(other)];
  const key = sharedKey(one, other);
  const ids = [...new Set(one.rows.map(key))].filter((id) => here.has(id) && there.has(id));
  const differing = ids
    .map((id) => [id, here.get(id)!, there.get(id)!] as const)
    .filter(([, a, b]) => !isSameTime(a, b));
  const tolerance = differing.length < WHOLE ? 1 : SAME_DAY;
  const theirs = differing.map(([, , { days }]) => days);
  const among = takenFrom(theirs, differing, tolerance);
  const all = new Map(
    other.rows.map(key).flatMap((id) => (there.has(id) ? [[id, there.get(id)!.days] as const] : [])),
  );
  const anywhere = differing.length >= WHOLE ? takenFrom([...all.values()], differing, SAME_DAY) : 0;
  return { shared: ids.length, differing, others: Math.max(among, anywhere) };
}

/** How many of the differing cases have a time of the list, where each of it is taken once. */
function takenFrom(list: readonly number[], differing: Comparison['differing'], tolerance: number): number {
  const left = [...list].sort((a, b) => a - b);
  const own = differing.map(([, { days }]) => days).sort((a, b) => a - b);
  let [taken, at] = [0, 0];
  for (const days of own) {
    while (at < left.length && left[at]! < days - tolerance) at += 1;
    if (at < left.length && left[at]! <= days + tolerance) [taken, at] = [taken + 1, at + 1];
  }
  return taken;
}

/** In a table, or in one cohort of it. */
function isSortedTwice({ rows }: CaseTable): boolean {
  const cohorts = new Map<string | undefined, CaseRow[]>();
  for (const row of rows) cohorts.set(row.cohort, [...(cohorts.get(row.cohort) ?? []), row]);
  return [...cohorts.values()].some((own) => {
    const rises = (of: (a: CaseRow, b: CaseRow) => boolean) =>
      own.every((row, i) => i === 0 || of(own[i - 1]!, row));
    return (
      own.length >= IN_ORDER &&
      own[0]!.time !== own.at(-1)!.time &&
      rises((a, b) => a.caseId < b.caseId) &&
      (rises((a, b) => a.time! <= b.time!) || rises((a, b) => a.time! >= b.time!))
    );
  });
}

function ofPair(
  run: JudgedRun,
  {
    one,
    other,
    shared,
    differing,
    others,
  }: Comparison & { readonly one: CaseTable; readonly other: CaseTable },
): CheckFinding {
  const key = sharedKey(one, other);
  const rows = riskTables(run).flatMap((risks) => risks.rows);
  const c = (days: Map<string, CaseDays>) =>
    groupConcordance(
      rows.flatMap((row) => {
        const { risk, event } = row;
        const time = days.get(key(row));
        const happened = event ?? time?.event;
        if (time === undefined || risk === undefined || happened === undefined || time.days < 0) return [];
        return [{ time: time.days, event: happened, risk }];
      }),
    );
  return found(
    `${one.file} and ${other.file} differ in ${differing.length} of ${counted(shared, 'case')}; ${others} have the time of another case`,
    table(
      'Times, in days',
      ['case', one.file, other.file, 'where'],
      differing.map(([id, here, there]) => [id, Math.round(here.days), Math.round(there.days), here.from]),
    ),
    number(`C-index by the times of ${one.file}`, c(caseDays(one))),
    number(`C-index by the times of ${other.file}`, c(caseDays(other))),
  );
}
