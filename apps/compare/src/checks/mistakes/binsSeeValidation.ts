import { DataError, fitTimeBins, timeBin } from '@concord/data';
import {
  caseKey,
  factOfFold,
  type CaseRow,
  type CaseTable,
  type JudgedRun,
  type RunSplit,
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

/** A case whose outcome is known. */
interface Outcome extends CaseRow {
  readonly timeMonths: number;
  readonly event: boolean;
}

/** Whose times the edges of the bins were fitted on. */
interface Fit {
  readonly training: readonly number[];
  readonly withOthers: readonly number[];
}

/** An edge is that of the training cases if it is as near, in shares of the range of times. */
const NEAR = 1e-3;
/** To say that it is that of all cases takes more: the two fits lie near each other. */
const EXACT = 1e-4;

/** The labels of training know the times of the cases that are held out. */
export const binsSeeValidation: RunCheck = {
  id: 'bins-see-validation',
  mistake: 'Time bins were fitted on validation or test cases, too.',
  effect:
    'Held-out times shape the labels. The C-index moves little, up or down, but it is no longer of cases that training ' +
    'has not seen.',
  remedy: 'Take the quantiles of the training cases of each fold; put later times into the last bin.',
  judge(run) {
    const findings = run.splits.flatMap((split) => judgeSplit(run, split) ?? []);
    const there = findings.find(({ verdict }) => verdict === 'found');
    if (there) return there;
    return (
      findings.find(({ verdict }) => verdict === 'not found') ??
      findings[0] ??
      cannot(
        'bins, outcomes and split are not all there',
        'put outcomes.csv there, with survival_months, censorship and disc_label (or bin_edges into config.json), and the split',
      )
    );
  },
};

function judgeSplit(run: JudgedRun, split: RunSplit): CheckFinding | undefined {
  const outcomes = run.tables.filter(({ columns, reference }) => columns['risk'] === undefined && !reference);
  const labelled = outcomes.find(
    ({ columns }) => columns['bin'] !== undefined && columns['time'] !== undefined,
  );
  const source = labelled ?? outcomes.find(({ columns }) => columns['time'] !== undefined);
  if (!source) return undefined;
  const training = pick(source, split.cases.training);
  const others = pick(source, [...split.cases.validation, ...split.cases.test]).filter(sameCohort(training));
  if (training.length === 0 || others.length === 0) return undefined;
  const edges = factOfFold(run.facts.binEdges, split.fold);
  const labels = new Set(labelled ? training.map(({ bin }) => bin) : []);
  const bins = run.facts.bins[0]?.value ?? labels.size;
  // With the outer ones there is one more than there are bins.
  const outer = edges?.value.length === bins + 1;
  const inner = edges && (outer ? edges.value.slice(1, -1) : edges.value);
  const fits = fitsOf(training, others, inner ? inner.length + 1 : bins);
  if (fits.length === 0) return undefined;
  if (inner && edges) return ofEdges(inner, edges.from, fits, training);
  return labelled ? ofLabels(labelled, training, fits) : undefined;
}

function pick({ rows }: CaseTable, ids: readonly string[]): Outcome[] {
  const wanted = new Set(ids);
  const seen = new Set<string>();
  return rows.flatMap((row) => {
    const { time, event } = row;
    if (!wanted.has(row.caseId) && !wanted.has(caseKey(row))) return [];
    if (time === undefined || event === undefined || !Number.isFinite(time)) return [];
    // A case of several slides is one case to the quantiles.
    const again = seen.has(caseKey(row));
    seen.add(caseKey(row));
    return again ? [] : [{ ...row, timeMonths: time, event }];
  });
}

/** Another cohort that is only tested has no part in the bins of the one that trains. */
function sameCohort(training: readonly Outcome[]): (one: Outcome) => boolean {
  const cohorts = new Set(training.map(({ cohort }) => cohort));
  return ({ cohort }) => cohorts.has(cohort);
}

/** Edges by quantiles of the events, and by those of all cases: both are in use. */
function fitsOf(training: readonly Outcome[], others: readonly Outcome[], bins: number): Fit[] {
  const everybody = (cases: readonly Outcome[]) => cases.map((one) => ({ ...one, event: true }));
  return [(cases: readonly Outcome[]) => cases, everybody].flatMap((rule) => {
    try {
      const [own, all] = [rule(training), rule([...training, ...others])];
      return [{ training: fitTimeBins(own, bins, 'bins'), withOthers: fitTimeBins(all, bins, 'bins') }];
    } catch (error) {
      if (error instanceof DataError) return [];
      throw error;
    }
  });
}

function ofEdges(
  inner: readonly number[],
  from: string,
  fits: readonly Fit[],
  training: readonly Outcome[],
): CheckFinding {
  const times = training.map(({ timeMonths }) => timeMonths);
  const range = Math.max(...times) - Math.min(...times);
  const distance = (of: (fit: Fit) => readonly number[]) =>
    Math.min(...fits.map((fit) => Math.max(...inner.map((edge, i) => Math.abs(edge - of(fit)[i + 1]!)))));
  const [toTraining, toAll] = [distance((fit) => fit.training), distance((fit) => fit.withOthers)];
  const evidence = table(
    'Inner edges of the bins',
    ['edge', 'given', 'of the training cases', 'with those held out'],
    inner.map((edge, i) => [i + 1, edge, fits[0]!.training[i + 1]!, fits[0]!.withOthers[i + 1]!]),
  );
  if (toTraining <= Math.min(NEAR * range, toAll))
    return notFound(`${from} are quantiles of the training cases`, evidence);
  if (toAll <= Math.min(EXACT * range, toTraining)) {
    return found(`${from} are quantiles of all cases, those held out included`, evidence);
  }
  return cannot(
    `${from} are quantiles neither of the training cases nor of all`,
    'put the times that they were fitted on there',
  );
}

function ofLabels({ file }: CaseTable, training: readonly Outcome[], fits: readonly Fit[]): CheckFinding {
  const cases = training.filter(({ bin }) => bin !== undefined);
  const differing = (edges: readonly number[]) =>
    cases.filter((one) => timeBin(within(one.timeMonths, edges), edges, 'bins') !== one.bin);
  const [own, all] = [
    fits.map((fit) => differing(fit.training)),
    fits.map((fit) => differing(fit.withOthers)),
  ];
  const best = (of: readonly Outcome[][]) => of.reduce((a, b) => (b.length < a.length ? b : a));
  const [byTraining, byAll] = [best(own), best(all)];
  const evidence = [
    number('Training cases', cases.length),
    number('In another bin by quantiles of the training cases', byTraining.length),
    number('In another bin by quantiles of all cases', byAll.length),
  ];
  if (byTraining.length === 0)
    return notFound(`${file}: the bins are quantiles of the training cases`, ...evidence);
  if (byAll.length === 0) {
    return found(
      `${file}: the bins of all ${counted(cases.length, 'training case')} are those of quantiles of all cases, ${byTraining.length} are not those of the training cases`,
      ...evidence,
      table(
        'In another bin',
        ['case', 'time', 'bin', 'where'],
        byTraining.map(({ caseId, timeMonths, bin, from }) => [caseId, timeMonths, bin!, from]),
      ),
    );
  }
  return cannot(
    `${file}: the bins are quantiles neither of the training cases nor of all`,
    'put bin_edges into config.json',
  );
}

function within(time: number, edges: readonly number[]): number {
  const last = edges.at(-1)!;
  return Math.min(Math.max(time, edges[0]!), last - Math.abs(last) * 2 ** -50);
}
