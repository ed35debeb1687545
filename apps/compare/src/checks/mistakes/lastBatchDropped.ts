import type { JudgedRun, TrainingLog } from '../../judgedRun/index.js';
import { cannot, counted, found, notFound, table, type CheckFinding, type RunCheck } from '../check.js';
import { splitOfFold } from '../trainingCases.js';

/** Cases at the end of an epoch's order are never seen in it. */
export const lastBatchDropped: RunCheck = {
  id: 'last-batch-dropped',
  mistake: 'The last, smaller batch of an epoch is dropped.',
  effect:
    'Each epoch leaves other cases out, or always the same where nothing is shuffled: the model trains on fewer than ' +
    'reported. Dropped while judging, cases have no risk.',
  remedy: 'Keep the last batch (drop_last=False), or say how many cases an epoch sees.',
  judge(run) {
    const { batch, accumulate, dropLast, trainingCases } = run.facts;
    const size = batch[0]?.value;
    const seen = run.logs.flatMap((log) => {
      const steps = stepsOfEpoch(log);
      const cases = splitOfFold(run, log.fold)?.cases.training.length ?? trainingCases[0]?.value;
      return steps === undefined || cases === undefined ? [] : [{ log, steps, cases }];
    });
    if (size !== undefined && seen.length > 0) {
      return ofSteps(seen, size, accumulate[0]?.value ?? 1);
    }
    const cases = splitOfFold(run, undefined)?.cases.training.length ?? trainingCases[0]?.value;
    const [said] = dropLast;
    if (said && size !== undefined && cases !== undefined) return ofFlag(said, size, cases);
    if (said && !said.value) return notFound(`${said.from} is false`);
    return cannot(
      'steps of an epoch, batch and training cases are not all known',
      'put steps.csv there (a row a step, with its epoch), batch_size into config.json, and the split',
    );
  },
};

/** Steps of one epoch by a log: rows of its first epoch, or the step that stands at the epoch's end. */
function stepsOfEpoch({ by, rows }: TrainingLog): number | undefined {
  if (by === 'epoch') {
    const [first, second] = rows;
    if (first?.step === undefined) return undefined;
    return second?.step === undefined ? first.step : second.step - first.step;
  }
  const first = rows[0]?.epoch;
  return first === undefined ? undefined : rows.filter(({ epoch }) => epoch === first).length;
}

interface Seen {
  readonly log: TrainingLog;
  readonly steps: number;
  readonly cases: number;
}

function ofSteps(seen: readonly Seen[], batch: number, accumulate: number): CheckFinding {
  const sizes = [...new Set([batch, batch * accumulate])];
  const evidence = table(
    'Steps of an epoch',
    ['log', 'steps', 'training cases', 'batch', 'cases seen'],
    seen.map(({ log, steps, cases }) => [
      log.file,
      steps,
      cases,
      sizes.join(' or '),
      sizes.map((size) => Math.min(cases, steps * size)).join(' or '),
    ]),
  );
  const judged = seen.map((one) => ({
    ...one,
    whole: sizes.some((size) => one.steps === Math.ceil(one.cases / size)),
    dropped: sizes.find((size) => one.steps === Math.floor(one.cases / size)),
  }));
  const short = judged.find(({ whole, dropped }) => !whole && dropped !== undefined);
  if (short) {
    const left = short.cases - short.steps * short.dropped!;
    return found(
      `${short.log.file}: ${short.steps} steps of ${short.dropped} are ${short.steps * short.dropped!} of ${counted(short.cases, 'case')}; ${left} are left out of each epoch`,
      evidence,
    );
  }
  const strange = judged.find(({ whole }) => !whole);
  if (strange) {
    return cannot(
      `${strange.log.file} has ${strange.steps} steps an epoch, which ${strange.cases} training cases in batches of ${sizes.join(' or ')} do not make`,
      'put the split and the batch of this log there',
    );
  }
  return notFound('each epoch sees as many cases as train', evidence);
}

function ofFlag(said: JudgedRun['facts']['dropLast'][number], batch: number, cases: number): CheckFinding {
  const left = cases % batch;
  if (!said.value || left === 0) {
    return notFound(said.value ? `${cases} cases are whole batches of ${batch}` : `${said.from} is false`);
  }
  return found(`${said.from}: of ${cases} cases in batches of ${batch}, ${left} are left out of each epoch`);
}
