import { plainKey } from '../judgedRun/facts.js';
import type { JudgedRun, TrainingLog } from '../judgedRun/index.js';
import type { ComparedRun, JudgedRow, LoggedC, Measure, ReportedC } from './comparedRun.js';
import type { JudgedCohort } from './judgedCohort.js';

/** What of a run's folder bears on its C-index. */
export function readComparedRun(name: string, run: JudgedRun, chosen: JudgedCohort): ComparedRun {
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

/** The C-index that a run reports of these cases; of several by target or fold, the one of the cohort. */
function reportedC({ facts, settings }: JudgedRun, { cohort, part }: JudgedCohort): ReportedC | undefined {
  const said = facts.cindex.find(({ from }) => {
    const key = from.slice(from.lastIndexOf(': ') + 2);
    const entry = /^(.*\.\d+)\.[^.]+$/.exec(key)?.[1];
    if (entry === undefined) return true;
    const beside = (name: string) => settings.find((one) => one.key === `${entry}.${name}`)?.value;
    const role = { validation: 'in-domain', test: 'cross-domain', training: 'training' }[part ?? 'test'];
    return cohort !== undefined && beside('cohort') === cohort && beside('role') === role;
  });
  if (!said || !(said.value > 0)) return undefined;
  // Some write 65.2 for 0.652.
  const percent = said.value > 1 ? 100 : 1;
  const digits = /\.(\d+)/.exec(String(said.value))?.[1]?.length ?? 0;
  return {
    value: said.value / percent,
    within: Math.max(0.5000001 * 10 ** -digits, 1e-9) / percent,
    where: said.from,
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
