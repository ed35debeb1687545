import {
  factOfFold,
  groupConcordance,
  judgedGroups,
  type JudgedRun,
  type Known,
  type LogRow,
  type TrainingLog,
} from '../../judgedRun/index.js';
import { cannot, found, notFound, number, table, type CheckFinding, type RunCheck } from '../check.js';

/** A logged C is that of the risks if they agree to the digits of a log. */
const SAME = 5e-5;

/** The best epoch by the cases that are then reported. */
export const selectedOnTest: RunCheck = {
  id: 'selected-on-test',
  mistake: 'The epoch was chosen on the cases that are reported.',
  effect:
    'The C-index is the largest of several, not that of a model: the more epochs and the fewer cases, the higher.',
  remedy: 'Choose by validation cases that are not reported, or report the last epoch.',
  judge(run) {
    const word = run.facts.selection.find(({ value }) => /(^|[^a-z])test/i.test(value));
    if (word) return found(`${word.from} is ${word.value}`);
    const ours = ofStop(run);
    if (ours) return ours;
    const findings = run.logs
      .filter(({ by, rows }) => by === 'epoch' && rows.length > 1)
      .flatMap((log) => ofLog(run, log) ?? []);
    return (
      findings.find(({ verdict }) => verdict === 'found') ??
      findings.find(({ verdict }) => verdict === 'not found') ??
      ofWords(run) ??
      cannot(
        'which epoch the risks are of, and by what it was chosen, is not known',
        'put log.csv there, with epoch, val_cindex and test_cindex, and best_epoch into config.json',
      )
    );
  },
};

/** `concord train --patience` keeps the best epoch of the held-out cases, which it also judges. */
function ofStop({ settings, logs, form }: JudgedRun): CheckFinding | undefined {
  if (form === 'folder') return undefined;
  const by = settings.find(({ key }) => key === 'training.stop.by');
  if (!by) return notFound('the last epoch is kept, whatever the held-out cases say');
  const name = by.value === 'loss' ? 'validationLoss' : 'validationCindex';
  const rows = logs.filter((log) => log.by === 'epoch').flatMap((log) => log.rows);
  const best = bestBy(rows, name);
  return found(
    `${by.from} is ${String(by.value)}: the held-out cases chose the epoch, and are judged`,
    ...(best ? [curve(rows, best)] : []),
  );
}

function ofLog(run: JudgedRun, log: TrainingLog): CheckFinding | undefined {
  const { rows } = log;
  const chosen = chosenRow(run, log);
  if (!chosen) return undefined;
  const last = rows.at(-1)!;
  const isChosen = (row: LogRow | undefined) => row !== undefined && row.epoch === chosen.value.epoch;
  const byTest = bestBy(rows, 'testCindex') ?? bestBy(rows, 'testLoss');
  const byValidation = [bestBy(rows, 'validationCindex'), bestBy(rows, 'validationLoss')];
  const evidence = [
    curve(rows, chosen.value),
    ...gain(rows, chosen.value, byTest ? 'testCindex' : 'validationCindex'),
  ];
  const epoch = `epoch ${chosen.value.epoch} (${chosen.from})`;
  if (isChosen(last)) return notFound(`${epoch} is the last one`, ...evidence);
  const validated = byValidation.some(isChosen);
  if (byTest && isChosen(byTest) && !validated) {
    return found(
      `${epoch} is the best of ${rows.length} by the test cases (${byTest.from}), not by the validation cases`,
      ...evidence,
    );
  }
  if (validated && (chosen.byValidation || areReported(run, log))) {
    return found(
      `${epoch} is the best by the validation cases, and these are the cases that are reported`,
      ...evidence,
    );
  }
  if (validated)
    return notFound(`${epoch} is the best by the validation cases, and others are reported`, ...evidence);
  return cannot(
    `${epoch} is the best by no column of ${log.file}`,
    'say in config.json how it was chosen: selection',
  );
}

/** Of which epoch the risks are, and how that is known. */
interface Chosen extends Known<LogRow> {
  /** The risks have the C of its validation cases: these are those that are reported. */
  readonly byValidation: boolean;
}

/** The epoch that the configuration names, or the one whose logged C the risks have. */
function chosenRow(run: JudgedRun, { rows, fold }: TrainingLog): Chosen | undefined {
  const said = factOfFold(run.facts.chosenEpoch, fold);
  const named = said && rows.find(({ epoch }) => epoch === said.value);
  if (named) return { value: named, from: said.from, byValidation: false };
  for (const { name, judged, fold: own } of judgedGroups(run)) {
    if (fold !== undefined && own !== undefined && own !== fold) continue;
    const c = groupConcordance(judged);
    if (c === undefined) continue;
    for (const column of ['testCindex', 'validationCindex'] as const) {
      const same = rows.filter((row) => Math.abs((row[column] ?? NaN) - c) <= SAME);
      if (same.length !== 1) continue;
      const from = `${name} has its C-index, ${c.toFixed(4)}`;
      return { value: same[0]!, from, byValidation: column === 'validationCindex' };
    }
  }
  return undefined;
}

/** The judged cases are those that validated. */
function areReported(run: JudgedRun, { fold }: TrainingLog): boolean {
  const split = run.splits.find((one) => one.fold === fold) ?? run.splits[0];
  if (!split || split.cases.validation.length === 0) return false;
  const validating = new Set(split.cases.validation);
  return judgedGroups(run).some(
    ({ rows }) => rows.filter(({ caseId }) => validating.has(caseId)).length > rows.length / 2,
  );
}

/** Without a log, a word may still say it. */
function ofWords({ facts }: JudgedRun): CheckFinding | undefined {
  const last = facts.selection.find(({ value }) => /last|latest|final|none/i.test(value));
  return last && notFound(`${last.from} is ${last.value}`);
}

type Column = 'testCindex' | 'testLoss' | 'validationCindex' | 'validationLoss';

/** The row that a column would choose; the first of several. */
function bestBy(rows: readonly LogRow[], column: Column): LogRow | undefined {
  const sign = column.endsWith('Loss') ? -1 : 1;
  return rows
    .filter((row) => Number.isFinite(row[column]))
    .reduce<LogRow | undefined>(
      (best, row) => (!best || sign * row[column]! > sign * best[column]! ? row : best),
      undefined,
    );
}

function curve(rows: readonly LogRow[], chosen: LogRow) {
  return table(
    'Epochs',
    ['epoch', 'validation C', 'validation loss', 'test C', 'chosen'],
    rows.map((row) => [
      ...[
        row.epoch ?? null,
        row.validationCindex ?? null,
        row.validationLoss ?? null,
        row.testCindex ?? null,
      ],
      row === chosen,
    ]),
  );
}

/** How much higher the chosen epoch is than the others: what the choice may be worth. */
function gain(rows: readonly LogRow[], chosen: LogRow, column: 'testCindex' | 'validationCindex') {
  const values = rows.filter((row) => row !== chosen).flatMap((row) => row[column] ?? []);
  const own = chosen[column];
  if (own === undefined || values.length === 0) return [];
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return [number('C-index of the chosen epoch, less the mean of the others', own - mean)];
}
