import {
  groupConcordance,
  outcomeTables,
  riskTables,
  type CaseTable,
  type JudgedRun,
} from '../../judgedRun/index.js';
import { caseDays, isSameTime, type CaseDays } from '../caseDays.js';
import {
  cannot,
  counted,
  found,
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
      return found(`${sorted.file}: ids and times both rise with the row, in all ${sorted.rows.length} rows`);
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
    return notFound(
      `times agree by case: ${judgeable.map(({ one, other }) => `${one.file} with ${other.file}`).join(', ')}`,
    );
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
  const ids = [...new Set(one.rows.map(({ caseId }) => caseId))].filter(
    (id) => here.has(id) && there.has(id),
  );
  const differing = ids
    .map((id) => [id, here.get(id)!, there.get(id)!] as const)
    .filter(([, a, b]) => !isSameTime(a, b));
  // Times are drawn with replacement from a few thousand days: a case takes each of the others' times once.
  const left = differing.map(([, , day]) => day).sort((a, b) => a.days - b.days);
  let others = 0;
  for (const [, day] of [...differing].sort(([, a], [, b]) => a.days - b.days)) {
    const at = left.findIndex((candidate) => isSameTime(candidate, day));
    if (at < 0) continue;
    left.splice(at, 1);
    others += 1;
  }
  return { shared: ids.length, differing, others };
}

function isSortedTwice({ rows }: CaseTable): boolean {
  if (rows.length < IN_ORDER) return false;
  const rises = (of: (i: number) => boolean) => rows.every((_, i) => i === 0 || of(i));
  const ids = rises((i) => rows[i - 1]!.caseId < rows[i]!.caseId);
  const [first, last] = [rows[0]!.time, rows.at(-1)!.time];
  return (
    ids &&
    first !== last &&
    (rises((i) => rows[i - 1]!.time! <= rows[i]!.time!) || rises((i) => rows[i - 1]!.time! >= rows[i]!.time!))
  );
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
  const right = caseDays(other);
  const rows = riskTables(run).flatMap((risks) => risks.rows);
  const c = (days: Map<string, CaseDays>) =>
    groupConcordance(
      rows.flatMap(({ caseId, risk, event }) => {
        const time = days.get(caseId);
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
    number(`C-index by the times of ${other.file}`, c(right)),
  );
}
