import { judgedGroups, type JudgedGroup, type JudgedRun, type Part } from '../judgedRun/index.js';
import { barcode, ExplainError } from './pairRuns.js';

/** The cases of a run that are compared: of one cohort, and of one part of it. */
export interface JudgedCohort {
  readonly cohort?: string;
  readonly part?: Part;
  readonly groups: readonly JudgedGroup[];
}

/** What a person may say of which cases are meant. */
export interface CohortChoice {
  readonly cohort?: string;
  readonly part?: Part;
}

/** The part of a cohort that is meant where nobody says: what a paper reports. */
const PARTS: readonly (Part | undefined)[] = ['test', 'validation', undefined];

/**
 * Which cases of two runs to compare: a cohort that both name, else the two cohorts with most cases in common; of
 * these the test cases, else those held out.
 *
 * @throws ExplainError if a run has no risks with outcomes, or none of the cohort or part that was asked for.
 */
export function chooseCohorts(
  runs: readonly [a: JudgedRun, b: JudgedRun],
  choice: CohortChoice,
): [a: JudgedCohort, b: JudgedCohort] {
  const [a, b] = runs.map((run, i) => cohortsOf('AB'[i]!, run, choice)) as [JudgedCohort[], JudgedCohort[]];
  const pairs = a.flatMap((one) => b.map((other) => ({ one, other, fit: fitOf(one, other) })));
  const best = pairs.reduce((most, pair) => (pair.fit > most.fit ? pair : most));
  return [best.one, best.other];
}

/** Cohorts of a run, those first that its file has first. */
function cohortsOf(name: string, run: JudgedRun, { cohort, part }: CohortChoice): JudgedCohort[] {
  const groups = judgedGroups(run).filter((group) => group.part !== 'training');
  const judged = groups.filter((group) => group.judged.length > 0);
  if (judged.length === 0) {
    throw new ExplainError(
      `${name}: ${groups.length > 0 ? 'no case with a risk has an outcome' : 'there are no risks by case'}. ` +
        'Put risks.csv there, with the columns case, risk, months and event',
    );
  }
  const cohorts = [...new Set(judged.map((group) => group.cohort))];
  const found = cohorts
    .filter((one) => cohort === undefined || one === undefined || one === cohort)
    .flatMap((one): JudgedCohort[] => {
      const own = judged.filter((group) => group.cohort === one);
      const wanted = (part === undefined ? PARTS : [part]).find((candidate) =>
        own.some((group) => group.part === candidate),
      );
      const chosen = own.filter((group) => group.part === wanted);
      const fits = chosen.length > 0 && (part === undefined || wanted === part);
      return fits
        ? [{ ...(one !== undefined && { cohort: one }), ...(wanted && { part: wanted }), groups: chosen }]
        : [];
    });
  if (found.length > 0) return found;
  const there = judged.map((group) => group.name).join('; ');
  throw new ExplainError(
    `${name}: no judged cases of ${[cohort, part].filter(Boolean).join(', ')}; there are: ${there}`,
  );
}

/** Named alike counts for more than any number of cases; the first of equals is taken. */
function fitOf(a: JudgedCohort, b: JudgedCohort): number {
  const named = a.cohort !== undefined && a.cohort === b.cohort ? 1e9 : 0;
  const cases = new Set(a.groups.flatMap(({ judged }) => judged.map(({ caseId }) => barcode(caseId))));
  return (
    named + b.groups.flatMap(({ judged }) => judged).filter(({ caseId }) => cases.has(barcode(caseId))).length
  );
}
