import type {
  FirstDivergence,
  ParityRow,
  Stage,
  Status,
  Subject,
  SubjectVerdict,
  Summary,
} from './report.js';

/** Stages in the order of computation. */
export function stageRank(stage: Stage): number {
  const named = ['evaluation', 'training', 'gradient'].indexOf(stage);
  if (named >= 0) return named;
  return stage === 'risk' ? Infinity : 3 + Number(stage.slice('step '.length));
}

/** Stages that occur, in the order of computation. */
export function stagesOf(rows: readonly ParityRow[]): Stage[] {
  return [...new Set(rows.map((row) => row.stage))].sort((a, b) => stageRank(a) - stageRank(b));
}

/** Rows in the order in which they were computed: the forward pass onwards, the gradients backwards. */
export function byComputation(a: ParityRow, b: ParityRow): number {
  const [rankA, rankB] = [stageRank(a.stage), stageRank(b.stage)];
  if (rankA !== rankB) return rankA < rankB ? -1 : 1;
  return a.stage === 'gradient' ? b.order - a.order : a.order - b.order;
}

/**
 * The row where two stacks part: the first failing one in the order of computation, evaluation, training,
 * gradients from the loss backwards, weights step by step, risks. What comes after it may fail in its wake.
 */
export function firstDivergence(rows: readonly ParityRow[]): ParityRow | undefined {
  let first: ParityRow | undefined;
  for (const row of rows) if (!row.pass && (!first || byComputation(row, first) < 0)) first = row;
  return first;
}

/** One line on a subject that was compared. */
export function verdictOf(subject: Subject, rows: readonly ParityRow[], seconds?: number): SubjectVerdict {
  const { backbone, variant, witness } = subject;
  const failed = rows.filter((row) => !row.pass).length;
  const status = rows.length === 0 ? 'not compared' : failed > 0 ? 'differs' : 'same';
  return {
    ...{ backbone, variant, witness, status },
    worstRatio: worst(rows),
    passed: rows.length - failed,
    failed,
    ...(rows.length === 0 && { reason: 'no quantity was compared' }),
    ...(seconds !== undefined && { seconds }),
  };
}

/** One line on a subject that could not be compared. */
export function notCompared(subject: Subject, reason: string): SubjectVerdict {
  const { backbone, variant, witness } = subject;
  return { backbone, variant, witness, status: 'not compared', worstRatio: 0, passed: 0, failed: 0, reason };
}

/**
 * The whole run in a few numbers. It `differs` if any subject does; it is the `same` if at least one was
 * compared and none differs. Subjects that could not be compared are counted, never taken for passed.
 */
export function summarize(rows: readonly ParityRow[], verdicts: readonly SubjectVerdict[]): Summary {
  const failed = rows.filter((row) => !row.pass).length;
  const has = (status: Status) => verdicts.some((verdict) => verdict.status === status);
  const subject = verdicts.find((verdict) => verdict.status === 'differs');
  const first = subject && firstDivergence(rowsOf(subject, rows));
  return {
    status: has('differs') ? 'differs' : has('same') ? 'same' : 'not compared',
    passed: rows.length - failed,
    failed,
    notCompared: verdicts.filter((verdict) => verdict.status === 'not compared').length,
    worstRatio: worst(rows),
    ...(first && { firstDivergence: nameOf(first) }),
  };
}

/** The rows of one subject. */
export function rowsOf(subject: Subject, rows: readonly ParityRow[]): ParityRow[] {
  return rows.filter(
    (row) =>
      row.backbone === subject.backbone && row.variant === subject.variant && row.witness === subject.witness,
  );
}

/** Largest ratio; 0 where there is no row. */
export function worst(rows: readonly ParityRow[]): number {
  return rows.reduce((largest, row) => Math.max(largest, row.ratio), 0);
}

function nameOf({ backbone, variant, witness, stage, quantity }: ParityRow): FirstDivergence {
  return { backbone, variant, witness, stage, quantity };
}
