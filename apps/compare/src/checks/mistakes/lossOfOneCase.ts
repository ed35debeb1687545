import {
  caseKey,
  factOfFold,
  groupConcordance,
  judgedGroups,
  outcomesByCase,
  type JudgedGroup,
  type JudgedRun,
  type Known,
} from '../../judgedRun/index.js';
import { cannot, found, notFound, number, type CheckFinding, type RunCheck } from '../check.js';

/** Losses that compare cases of a batch: with one case there is nothing to compare. */
const COMPARING = /cox|rank|partial/i;
/** Discrete-time likelihoods. */
const LIKELIHOOD = /nll/i;
/** A logged loss is the right one to this, in shares of it: logs keep few digits, and float32 is behind them. */
const RIGHT = 1e-3;
/** A logged C is that of the risks if they agree to the digits of a log. */
const SAME_C = 5e-5;
/** To say that it is the wrong one takes more: the two may be near by chance. */
const WRONG = 1e-4;

/** A loss that is right for one size of batch, and used with another. */
export const lossOfOneCase: RunCheck = {
  id: 'loss-of-one-case',
  mistake:
    'The loss is valid for another batch: written for one case and used for several, or the other way round.',
  effect:
    'Terms of a likelihood of shape [cases, 1] and [cases] spread to [cases, cases]: each case is trained on the outcomes ' +
    'of all. A Cox loss of one case is 0, and nothing is learnt.',
  remedy: 'Compute the loss of a batch as the mean over its cases, and test it against the cases one by one.',
  judge(run) {
    const { loss, batch } = run.facts;
    if (loss.length === 0 || batch.length === 0) {
      return cannot('loss and batch are not known', 'put loss and batch_size into config.json');
    }
    const [name, size] = [loss[0]!, batch[0]!];
    if (COMPARING.test(name.value)) return ofComparing(run, name.value, size.value);
    if (!LIKELIHOOD.test(name.value)) {
      return cannot(
        `the loss ${name.value} is none that can be computed here`,
        'name it in config.json: nll or cox',
      );
    }
    const recomputed = ofLikelihood(run);
    if (recomputed) return recomputed;
    if (size.value === 1) return notFound(`${size.from} is 1, and the likelihood is of one case`);
    return cannot(
      `the likelihood of batches of ${size.value} cannot be computed`,
      'put hazard_0, hazard_1, … into risks.csv, disc_label into outcomes.csv, and the loss of these cases into the log (val_loss or test_loss)',
    );
  },
};

function ofComparing({ logs, facts }: JudgedRun, name: string, batch: number): CheckFinding {
  const losses = logs.flatMap(({ rows }) => rows.flatMap(({ loss }) => loss ?? []));
  const zeros = losses.filter((loss) => loss === 0).length;
  const evidence =
    losses.length > 0 ? [number('Losses that are exactly 0', zeros, `of ${losses.length}`)] : [];
  if (batch === 1) {
    return found(`${name} compares the cases of a batch, and ${facts.batch[0]!.from} is 1`, ...evidence);
  }
  if (losses.length > 0 && zeros > losses.length / 2) {
    return found(`${zeros} of ${losses.length} losses of ${name} are exactly 0`, ...evidence);
  }
  return notFound(`${name} compares the cases of batches of ${batch}`, ...evidence);
}

/** A case as the likelihood takes it. */
interface Labelled {
  readonly hazards: readonly number[];
  readonly bin: number;
  readonly event: boolean;
}

/** Hold the logged loss of judged cases against both ways to compute it. */
function ofLikelihood(run: JudgedRun): CheckFinding | undefined {
  const alpha = run.facts.lossAlpha[0]?.value ?? 0;
  for (const group of judgedGroups(run)) {
    const cases = labelled(run, group);
    const logged = loggedLoss(run, group);
    if (!logged || cases.length < 2 || cases.length < group.rows.length) continue;
    const right = mean(cases.map((one) => terms(one, alpha)).map(([before, at]) => before + at));
    const spread = spreadLoss(cases, alpha);
    const near = (value: number, share: number) => Math.abs(value - logged.value) <= share * Math.abs(value);
    const evidence = [
      number(`Logged, ${logged.from}`, logged.value),
      number('Mean over the cases', right),
      number('Spread over all pairs of cases', spread),
    ];
    const nearer = Math.abs(right - logged.value) <= Math.abs(spread - logged.value);
    if (nearer && near(right, RIGHT))
      return notFound(`${logged.from}: the loss is the mean over ${cases.length} cases`, ...evidence);
    if (near(spread, WRONG) && !near(right, WRONG)) {
      return found(
        `${logged.from}: the loss is that of hazards and outcomes spread over all pairs of ${cases.length} cases`,
        ...evidence,
      );
    }
  }
  return undefined;
}

function labelled(run: JudgedRun, { rows }: JudgedGroup): Labelled[] {
  const bins = new Map(
    run.tables.flatMap((one) =>
      one.rows.flatMap((row) => (row.bin === undefined ? [] : [[caseKey(row), row.bin] as const])),
    ),
  );
  const outcomes = outcomesByCase(run.tables);
  return rows.flatMap((row) => {
    const bin = row.bin ?? bins.get(caseKey(row)) ?? bins.get(row.caseId);
    const event = row.event ?? outcomes.get(caseKey(row))?.event;
    if (!row.hazards || bin === undefined || event === undefined || bin >= row.hazards.length) return [];
    return [{ hazards: row.hazards, bin, event }];
  });
}

/** The loss that a log has of these cases: of the epoch that was chosen, or else the last one of ours, if it has their C. */
function loggedLoss(
  { logs, facts, form }: JudgedRun,
  { fold, judged }: JudgedGroup,
): Known<number> | undefined {
  const c = groupConcordance(judged);
  const chosen = factOfFold(facts.chosenEpoch, fold)?.value;
  const rows = logs
    .filter(
      (log) => log.by === 'epoch' && (fold === undefined || log.fold === undefined || log.fold === fold),
    )
    .flatMap((log) => log.rows);
  const row = rows.findLast(({ epoch }) => epoch === chosen) ?? (form === 'folder' ? undefined : rows.at(-1));
  if (!row || c === undefined) return undefined;
  const of = (cindex: number | undefined, loss: number | undefined) =>
    loss !== undefined && Math.abs((cindex ?? NaN) - c) < SAME_C
      ? { value: loss, from: row.from }
      : undefined;
  return of(row.testCindex, row.testLoss) ?? of(row.validationCindex, row.validationLoss);
}

/** Minus the logs of two factors: being alive before the bin, and what happened in it. */
function terms({ hazards, bin, event }: Labelled, alpha: number): [before: number, at: number] {
  const weight = event ? 1 : 1 - alpha;
  const before = hazards.slice(0, bin).reduce((sum, hazard) => sum - Math.log(1 - hazard), 0);
  const at = -Math.log(event ? hazards[bin]! : 1 - hazards[bin]!);
  return [weight * before, weight * at];
}

/** What comes out where factors of shape [cases, 1] meet flags of shape [cases]: the mean over all pairs. */
function spreadLoss(cases: readonly Labelled[], alpha: number): number {
  const pairs = cases.flatMap((one) =>
    cases.map(({ event }) => {
      const [before, at] = terms({ ...one, event }, alpha);
      return before + at;
    }),
  );
  return mean(pairs);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
