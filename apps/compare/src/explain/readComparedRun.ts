import { plainKey } from '../judgedRun/facts.js';
import { foldOfName } from '../judgedRun/foldOfName.js';
import type { JudgedRun, Known, Setting, TrainingLog } from '../judgedRun/index.js';
import type { ComparedRun, JudgedRow, LoggedC, Measure, ReportedC } from './comparedRun.js';
import type { JudgedCohort } from './judgedCohort.js';
import { ExplainError } from './pairRuns.js';

/**
 * What of a run's folder bears on its C-index.
 *
 * @throws ExplainError where its risks are those of several trainings.
 */
export function readComparedRun(name: string, run: JudgedRun, chosen: JudgedCohort): ComparedRun {
  const trainings = new Set(chosen.groups.flatMap((group) => group.rows.map((row) => row.run)));
  if (trainings.size > 1) {
    throw new ExplainError(
      `${name}: its risks are of several trainings (${[...trainings].join('; ')}); keep the rows of one`,
    );
  }
  const rows = chosen.groups.flatMap(({ fold, judged }) =>
    judged.map(({ caseId, time, event, risk, ...row }): JudgedRow => ({
      ...{ caseId, time, event, risk },
      ...(row.slideId !== undefined && { slide: row.slideId }),
      ...(fold !== undefined && { fold }),
      ...(row.cohort !== undefined && { cohort: row.cohort }),
    })),
  );
  const reported = reportedC(run, chosen);
  const logged = loggedC(run.logs, chosen);
  return {
    ...{
      name,
      judged: [chosen.cohort, chosen.part].filter(Boolean).join(', '),
      rows,
      stated: statedMeasure(run),
    },
    ...(reported && { reported }),
    ...(logged && { logged }),
  };
}

/** Keys by which outsiders say how folds are put together. */
export const WEIGHTING = [
  'aggregation',
  'aggregate',
  'foldaggregation',
  'cindexfolds',
  'foldweighting',
  'average',
];

function statedMeasure({ form, facts, settings }: JudgedRun): Partial<Measure> {
  // What `concord train` writes is Harrell's, by the rule of scikit-survival; no file has to say so.
  if (form !== 'folder') return { metric: 'harrell', ties: 'scikit-survival', folds: 'pooled' };
  const [metric, ties] = [facts.metric[0]?.value ?? '', facts.ties[0]?.value];
  const weighting = settings.find(({ key }) => WEIGHTING.includes(plainKey(key.split('.').at(-1)!)))?.value;
  return {
    ...(/uno|ipcw/i.test(metric) && { metric: 'uno' }),
    ...(/harrell|censored/i.test(metric) && { metric: 'harrell' }),
    ...(ties !== undefined && tieRule(ties)),
    ...(/mean|average/i.test(String(weighting)) && { folds: 'mean' }),
    ...(/pool|all|concat/i.test(String(weighting)) && { folds: 'pooled' }),
  };
}

function tieRule(ties: string): Partial<Measure> {
  if (/lifelines|exact/i.test(ties) || Number(ties) === 0) return { ties: 'lifelines' };
  return /sksurv|scikit/i.test(ties) || Number(ties) === 1e-8 ? { ties: 'scikit-survival' } : {};
}

/** The C-index that a run reports of these cases: of all, of its target, or the mean of what it reports of each fold. */
function reportedC({ facts, settings }: JudgedRun, chosen: JudgedCohort): ReportedC | undefined {
  const overall = facts.cindex.find(({ from }) => {
    if (foldOfName(from) !== undefined) return false;
    const target = /^(.*\.\d+)\.[^.]+$/.exec(from.slice(from.lastIndexOf(': ') + 2))?.[1];
    return target === undefined || isTarget(settings, target, chosen);
  });
  if (overall) return asReported([overall], overall.from);
  const folds = new Set(chosen.groups.map(({ fold }) => fold));
  const each = [...folds].map((fold) => facts.cindex.find(({ from }) => foldOfName(from) === fold));
  const said = each.filter((one) => one !== undefined);
  if (folds.size < 2 || said.length < folds.size) return undefined;
  const [file] = said[0]!.from.split(/[:,]/);
  return asReported(said, `${file}, mean of ${folds.size} folds`);
}

/** Whether an entry of a list of targets is of these cases. */
function isTarget(settings: readonly Setting[], entry: string, { cohort, part }: JudgedCohort): boolean {
  const beside = (name: string) => settings.find(({ key }) => key === `${entry}.${name}`)?.value;
  const role = { validation: 'in-domain', test: 'cross-domain', training: 'training' }[part ?? 'test'];
  return cohort !== undefined && beside('cohort') === cohort && beside('role') === role;
}

function asReported(said: readonly Known<number>[], where: string): ReportedC | undefined {
  if (!said.every(({ value }) => value > 0)) return undefined;
  // Some write 65.2 for 0.652.
  const percent = said.some(({ value }) => value > 1) ? 100 : 1;
  const digits = Math.min(...said.map(({ value }) => /\.(\d+)/.exec(String(value))?.[1]?.length ?? 0));
  const mean = said.reduce((sum, { value }) => sum + value, 0) / said.length;
  return {
    value: mean / percent,
    within: Math.max(0.5000001 * 10 ** -digits, 1e-9) / percent,
    where,
  };
}

/** C of the cases in the log of all epochs; undefined for several logs, which are several folds'. */
function loggedC(logs: readonly TrainingLog[], { part }: JudgedCohort): LoggedC | undefined {
  const column = (name: 'testCindex' | 'validationCindex') =>
    logs.flatMap(({ file, rows }) => {
      const values = rows.flatMap(({ epoch, [name]: c }) =>
        epoch !== undefined && c !== undefined && Number.isFinite(c) ? [{ epoch, c }] : [],
      );
      return values.length > 0 ? [{ file, values }] : [];
    });
  const found =
    part === 'validation'
      ? column('validationCindex')
      : ([column('testCindex'), column('validationCindex')].find((one) => one.length > 0) ?? []);
  if (found.length !== 1) return undefined;
  const [{ file, values }] = found as [(typeof found)[number]];
  const best = values.reduce((most, one) => (one.c > most.c ? one : most));
  return { best, last: values.at(-1)!, where: file };
}
