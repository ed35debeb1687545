import type { CaseTable, JudgedRun } from '../../judgedRun/index.js';
import { cannot, found, listed, notFound, table, type RunCheck } from '../check.js';
import { FEWEST_TIMES, monthLengths, type MonthLengths } from '../months.js';

/** Times in months, by the table or cohort that they come from. */
interface Source extends MonthLengths {
  readonly name: string;
  readonly times: readonly string[];
}

/** Two lengths of a month in one run. */
export const monthLength: RunCheck = {
  id: 'month-length',
  mistake: 'Months of 30 days and of 30.44 days are mixed, or are not what is said.',
  effect:
    'Within one table the order of times, and so the C-index, is the same. Across tables times are off by 1.5 %, bins and ' +
    'horizons shift, and pairs of close times turn.',
  remedy: 'Keep days, and divide once, by a number that the paper names.',
  judge(run) {
    const all = sourcesOf(run);
    const sources = all.filter(({ times }) => times.length >= FEWEST_TIMES);
    if (sources.length === 0) {
      return cannot(
        `fewer than ${FEWEST_TIMES} times in months are there`,
        'put outcomes.csv there, with survival_months',
      );
    }
    const known = sources.filter(({ fit }) => fit.length > 0);
    const [said] = run.facts.daysPerMonth;
    const evidence = table(
      'Days of a month by which the times are whole days',
      ['times', 'count', 'days'],
      sources.map(({ name, times, fit, mixed }) => [
        ...[name, times.length],
        fit.map(shown).join(' or ') || mixed.map(shown).join(' and ') || 'none',
      ]),
    );
    const torn = sources.find(({ mixed }) => mixed.length > 0);
    if (torn)
      return found(
        `${torn.name}: some times are of ${torn.mixed.map(shown).join(', others of ')} days a month`,
        evidence,
      );
    if (known.length === 0) {
      return cannot(
        'the times are whole days of no month in use; they were rounded',
        'put the days there, as OS_days',
      );
    }
    const common = known.reduce<readonly number[]>(
      (left, { fit }) => left.filter((days) => fit.includes(days)),
      known[0]!.fit,
    );
    if (common.length === 0) {
      const words = known.map(({ name, fit }) => `${name} of ${fit.map(shown).join(' or ')}`);
      return found(`months of different lengths: ${listed(words)} days`, evidence);
    }
    if (said && !common.some((days) => Math.abs(days - said.value) < 1e-6)) {
      return found(
        `the times are of ${common.map(shown).join(' or ')} days a month, ${said.from} says ${said.value}`,
        evidence,
      );
    }
    return notFound(`all times are of ${common.map(shown).join(' or ')} days a month`, evidence);
  },
};

function sourcesOf({ tables }: JudgedRun): Source[] {
  return tables
    .filter(inMonths)
    .flatMap((one) => [...byCohort(one)].map(([name, times]) => ({ name, times, ...monthLengths(times) })));
}

/** Without a unit in the column's name, times that are no whole numbers are no days. */
function inMonths({ unit, rows }: CaseTable): boolean {
  return unit === 'months' || (unit === 'unknown' && rows.some(({ time = 0 }) => !Number.isInteger(time)));
}

function byCohort({ file, rows }: CaseTable): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { cohort, timeText } of rows) {
    if (timeText === undefined) continue;
    const name = cohort === undefined ? file : `${file}, ${cohort}`;
    groups.set(name, [...(groups.get(name) ?? []), timeText]);
  }
  return groups;
}

function shown(days: number): string {
  return String(Number(days.toFixed(4)));
}
