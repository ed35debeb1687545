import { caseKey, judgedGroups, riskTables, type JudgedRun } from '../../judgedRun/index.js';
import { cannot, counted, found, listed, notFound, table, type RunCheck } from '../check.js';

/** A group of cases of which some were judged: all of them should have been. */
interface Expected {
  readonly name: string;
  readonly cases: readonly string[];
  readonly fold?: string | undefined;
}

/** Cases that nobody judged: their bag was empty, missing, or broke the loader. */
export const skippedBags: RunCheck = {
  id: 'skipped-bags',
  mistake: 'Cases were skipped, and the result does not say so.',
  effect:
    'The C-index is of other cases than reported. Bags fail for large or poor slides, not at random, so that the rest is ' +
    'easier or harder.',
  remedy:
    'Judge every case of the split, or name those that are left out and why, in every method that is compared.',
  judge(run) {
    if (riskTables(run).length === 0) return cannot('no risks are there', 'put risks.csv there');
    const unknown = judgedGroups(run).flatMap(({ rows }) =>
      rows.filter(({ risk }) => !Number.isFinite(risk)),
    );
    if (unknown.length > 0) {
      return found(
        `${counted(unknown.length, 'case')} have no risk that is a number`,
        table(
          'No risk',
          ['case', 'where'],
          unknown.map(({ caseId, from }) => [caseId, from]),
        ),
      );
    }
    const expected = [...ofSplits(run), ...ofTables(run)]
      .map((part) => ({ ...part, judged: judgedIn(run, part.fold) }))
      .filter(({ cases, judged }) => isJudged(cases, judged));
    const missing = new Map(
      expected.flatMap(({ name, cases, judged }) =>
        cases.filter((id) => !judged.has(id)).map((id) => [id, name] as const),
      ),
    );
    if (missing.size > 0) {
      const bags = new Map(
        run.tables.flatMap(({ rows }) => rows.map((row) => [row.caseId, row.patches] as const)),
      );
      return found(
        `${counted(missing.size, 'case')} should have been judged and were not`,
        table(
          'Not judged',
          ['case', 'part', 'patches'],
          [...missing].map(([id, name]) => [id, name, bags.get(id) ?? null]),
        ),
      );
    }
    const short = tooFew(run);
    if (short) return short;
    if (expected.length === 0) {
      return cannot(
        'which cases should have been judged is not known',
        'put the split there, with columns train, val and test',
      );
    }
    return notFound(
      `all were judged: ${listed(expected.map(({ name, cases }) => `${cases.length} of ${name}`))}`,
    );
  },
};

/** A part was judged if most of it was, or if most of those who were judged are of it. */
function isJudged(cases: readonly string[], judged: ReadonlySet<string>): boolean {
  const both = cases.filter((id) => judged.has(id)).length;
  return both > 0 && (both >= cases.length / 2 || both >= judged.size / 2);
}

/** Cases that have a risk: in a fold, where risks are told apart by folds. */
function judgedIn(run: JudgedRun, fold: string | undefined): ReadonlySet<string> {
  const rows = riskTables(run).flatMap((table) => table.rows);
  const own = rows.filter((row) => row.fold === fold);
  return new Set((own.length > 0 ? own : rows).flatMap((row) => [caseKey(row), row.caseId]));
}

function ofSplits({ splits }: JudgedRun): Expected[] {
  return splits.flatMap(({ from, cases, fold }) =>
    (['validation', 'test'] as const).map((part) => ({
      name: `${from}, ${part}`,
      cases: [...new Set(cases[part])],
      fold,
    })),
  );
}

/** Cases that a table lists apart from training, where it is no split. */
function ofTables({ tables, splits }: JudgedRun): Expected[] {
  return tables
    .filter(
      ({ file, columns, reference }) =>
        columns['risk'] === undefined &&
        columns['part'] !== undefined &&
        !reference &&
        !splits.some(({ from }) => from === file),
    )
    .flatMap(({ file, rows }) => {
      const parts = new Map<string, string[]>();
      for (const row of rows) {
        if (row.part === undefined || row.part === 'training') continue;
        const name = [file, row.cohort, row.part].filter((word) => word !== undefined).join(', ');
        parts.set(name, [...(parts.get(name) ?? []), caseKey(row)]);
      }
      return [...parts].map(([name, cases]) => ({ name, cases }));
    });
}

/** A run of this program says how many cases each cohort has. */
function tooFew({ settings, form, tables }: JudgedRun) {
  if (form === 'folder') return undefined;
  const of = (key: string) => settings.find((one) => one.key === key);
  for (let i = 0; ; i++) {
    const [name, cases] = [of(`cohorts.${i}.name`), of(`cohorts.${i}.cases`)];
    if (!name || !cases) return undefined;
    const known = new Set(
      tables.flatMap(({ rows }) =>
        rows.filter(({ cohort }) => cohort === name.value).map(({ caseId }) => caseId),
      ),
    );
    // A table of risks alone does not list those who trained.
    const listed = tables.some(
      ({ columns }) => columns['part'] !== undefined && columns['risk'] === undefined,
    );
    if (listed && known.size < Number(cases.value)) {
      return found(
        `${String(name.value)} has ${String(cases.value)} cases by ${cases.from}, and ${known.size} here`,
      );
    }
  }
}
