import {
  caseKey,
  groupConcordance,
  judgedGroups,
  type JudgedGroup,
  type JudgedRun,
} from '../../judgedRun/index.js';
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

/** A reported C-index is that of some rows if it has their C to this. */
const SAME = 1e-6;

/** A patient with several slides counts several times, or has slides that nobody mentions. */
export const severalSlides: RunCheck = {
  id: 'several-slides',
  mistake: 'Cases have several slides where one is claimed.',
  effect:
    'Rows of one patient share the outcome: a C-index over slides weighs patients by their slides, and its interval is ' +
    'too narrow.',
  remedy: 'Give one risk to each case: pool its slides in one bag, or average their risks, and say which.',
  judge(run) {
    const groups = judgedGroups(run);
    const repeated = groups.filter((group) => caseRisks(group).size < group.rows.length);
    const counted = repeated.find((group) => !isPooled(group, run));
    if (counted) return ofRows(counted);
    return ofSlides(run, groups);
  },
};

function caseRisks({ judged, rows }: JudgedGroup): Map<string, JudgedGroup['judged'][number][]> {
  const cases = new Map<string, JudgedGroup['judged'][number][]>(rows.map((row) => [caseKey(row), []]));
  for (const row of judged) cases.get(caseKey(row))!.push(row);
  return cases;
}

/** One row a case, with the mean of its risks. */
function pooled(group: JudgedGroup) {
  return [...caseRisks(group).values()]
    .filter((rows) => rows.length > 0)
    .map((rows) => ({ ...rows[0]!, risk: rows.reduce((sum, { risk }) => sum + risk, 0) / rows.length }));
}

/** The table has a row a slide, and the run reports the C of its cases. */
function isPooled(group: JudgedGroup, { facts }: JudgedRun): boolean {
  if (group.rows.some(({ slideId }) => slideId === undefined)) return false;
  const [byCase, byRow] = [groupConcordance(pooled(group)), groupConcordance(group.judged)];
  const says = (c: number | undefined) =>
    c !== undefined && facts.cindex.some(({ value }) => Math.abs(value - c) < SAME);
  return says(byCase) && !says(byRow);
}

function ofRows(group: JudgedGroup): CheckFinding {
  const several = [...caseRisks(group)]
    .map(([id]) => [id, group.rows.filter((row) => caseKey(row) === id)] as const)
    .filter(([, rows]) => rows.length > 1);
  const cases = caseRisks(group).size;
  return found(
    `${group.name}: ${counted(group.rows.length, 'row')} of ${counted(cases, 'case')}; ${several.length} stand there more than once`,
    table(
      'Cases with several rows',
      ['case', 'rows', 'where'],
      several.map(([id, rows]) => [id, rows.length, rows[1]!.from]),
    ),
    number('C-index over rows', groupConcordance(group.judged)),
    number('C-index over cases, mean of their risks', groupConcordance(pooled(group))),
  );
}

function ofSlides({ tables, facts }: JudgedRun, groups: readonly JudgedGroup[]): CheckFinding {
  const slides = new Map<string, Set<string> | number>();
  for (const row of tables.flatMap(({ rows }) => rows)) {
    const key = caseKey(row);
    const known = slides.get(key);
    if (row.slideId !== undefined) {
      slides.set(key, (known instanceof Set ? known : new Set<string>()).add(row.slideId));
    } else if (row.slides !== undefined && !(known instanceof Set)) slides.set(key, row.slides);
  }
  const counts = [...slides].map(([id, of]) => [id, of instanceof Set ? of.size : of] as const);
  const several = counts.filter(([, count]) => count > 1);
  const [claim] = facts.slidesPerCase;
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  const asCases = several.length > 0 ? facts.cases.find(({ value }) => value === total) : undefined;
  const evidence = table('Cases with several slides', ['case', 'slides'], several);
  if (several.length > 0 && (claim?.value === 1 || asCases)) {
    const said =
      claim?.value === 1 ? `${claim.from} says 1` : `${asCases!.from} counts ${total} slides as cases`;
    return found(
      `${counted(several.length, 'case')} of ${counts.length} have several slides; ${said}`,
      evidence,
    );
  }
  if (several.length > 0) {
    return notFound(
      `${counted(several.length, 'case')} of ${counts.length} have several slides, and nothing says one`,
      evidence,
    );
  }
  if (counts.length > 0) return notFound(`each of ${counted(counts.length, 'case')} has one slide`);
  if (groups.length === 0 || claim) {
    return cannot('the slides of each case are not known', 'put slides.csv there, with case_id and slide_id');
  }
  return notFound('each case has one risk, and nothing is claimed of its slides');
}
