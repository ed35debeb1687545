import { formatPlural } from '../parity/format.js';
import type { Change } from './change.js';
import type { JudgedRow, Measure } from './comparedRun.js';
import { renameFolds, sameFolds } from './foldRelation.js';
import { tiesInWords } from './measureC.js';
import type { TwoRuns } from './hybrid.js';
import { relateOutcomes, type OutcomeRelation } from './outcomeRelation.js';
import type { Pair } from './pairRuns.js';
import { isTurned, relateRisks, type RiskRelation } from './riskRelation.js';

/** What tells two judged runs apart, and the runs ready to be taken apart by it. */
export interface FoundChanges {
  readonly two: TwoRuns;
  /** In the order of `two.changes`. */
  readonly changes: readonly Change[];
  readonly common: number;
  /** Of the cases that both judge; undefined where there are none. */
  readonly outcomes?: OutcomeRelation;
  readonly risks?: RiskRelation;
}

/** Find every difference of two judged runs that a C-index may depend on. */
export function findChanges(paired: readonly Pair[], measures: TwoRuns['measures']): FoundChanges {
  const common = paired.filter((pair): pair is Pair & { a: JudgedRow; b: JudgedRow } =>
    Boolean(pair.a && pair.b),
  );
  const [a, b] = [common.map((pair) => pair.a), common.map((pair) => pair.b)];
  const outcomes = relateOutcomes({
    times: [a.map(({ time }) => time), b.map(({ time }) => time)],
    events: [a.map(({ event }) => event), b.map(({ event }) => event)],
  });
  const [risksA, risksB] = [a.map(({ risk }) => risk), b.map(({ risk }) => risk)];
  const turned = isTurned(risksA, risksB);
  const risks = relateRisks(risksA, turned ? risksB.map((risk) => -risk) : risksB);
  const names = sameFolds(paired);
  const changes: Change[] = [
    ...caseChanges(paired, common.length),
    ...(common.length === 0
      ? [{ name: 'outcomes', words: 'the runs have no case in common' } as const]
      : outcomeChanges(outcomes, common.length)),
    ...(common.length === 0
      ? [{ name: 'risks', words: 'the runs have no case in common' } as const]
      : riskChanges(risks, turned, common.length, hasMore(paired))),
    ...foldChanges(paired, names, measures),
    ...measureChanges(measures),
  ];
  const pairs = names ? renameFolds(paired, names) : paired;
  return {
    two: { pairs, measures, scale: outcomes.scale, changes: changes.map(({ name }) => name) },
    changes,
    common: common.length,
    ...(common.length > 0 && { outcomes, risks }),
  };
}

function hasMore(pairs: readonly Pair[]): boolean {
  return pairs.some(({ a }) => !a);
}

function caseChanges(pairs: readonly Pair[], common: number): Change[] {
  const [onlyA, onlyB] = [pairs.filter(({ b }) => !b).length, pairs.filter(({ a }) => !a).length];
  const both = `${common} are judged by both`;
  return [
    ...(onlyA > 0
      ? [
          {
            name: 'cases of A alone',
            words: `${formatPlural(onlyA, 'case')} of A ${onlyA === 1 ? 'is' : 'are'} not judged in B (${both})`,
          } as const,
        ]
      : []),
    ...(onlyB > 0
      ? [
          {
            name: 'cases of B alone',
            words: `${formatPlural(onlyB, 'case')} of B ${onlyB === 1 ? 'is' : 'are'} not judged in A (${both})`,
          } as const,
        ]
      : []),
  ];
}

function outcomeChanges({ inverted, times, onlyA, onlyB }: OutcomeRelation, common: number): Change[] {
  const different = [
    ...(times > 0 ? [`the times of ${times}`] : []),
    ...(onlyA > 0 ? [`${formatPlural(onlyA, 'event')} that A alone has`] : []),
    ...(onlyB > 0 ? [`${formatPlural(onlyB, 'event')} that B alone has`] : []),
  ];
  return [
    ...(inverted
      ? [{ name: 'event flag', words: 'what is an event in A is a censoring in B' } as const]
      : []),
    ...(different.length > 0
      ? [
          {
            name: 'outcomes',
            words: `outcomes differ: ${different.join(', ')}, of ${formatPlural(common, 'common case')}`,
          } as const,
        ]
      : []),
  ];
}

function riskChanges(risks: RiskRelation, turned: boolean, common: number, more: boolean): Change[] {
  const of = `of ${formatPlural(common, 'common case')}`;
  // Of another scale, risks cannot stand in one ranking with those of cases that B alone has.
  const isChange = risks.kind !== 'same' && (risks.kind !== 'same order' || more || !turned);
  const words = {
    same: '',
    'same order': `the risks ${of} are on another scale, in the same order`,
    shuffled:
      risks.kind === 'shuffled'
        ? `${risks.cases} ${of} have the same risks as in A, but another case's: rows were paired by position`
        : '',
    other:
      risks.kind === 'other'
        ? `the models give other risks to the same cases (rank correlation ${risks.rankCorrelation.toFixed(2)} ${of})`
        : '',
  }[risks.kind];
  return [
    ...(turned
      ? [{ name: 'direction of risk', words: 'a high risk means a late event in one of both' } as const]
      : []),
    ...(isChange ? [{ name: 'risks', words } as const] : []),
  ];
}

function foldChanges(
  pairs: readonly Pair[],
  names: ReadonlyMap<string, string> | undefined,
  { a, b }: TwoRuns['measures'],
): Change[] {
  const known = pairs.some((pair) => pair.a?.fold !== undefined && pair.b?.fold !== undefined);
  if (!known || names || (a.folds === 'pooled' && b.folds === 'pooled')) return [];
  return [{ name: 'folds', words: 'cases are dealt to other folds' }];
}

function measureChanges({ a, b }: TwoRuns['measures']): Change[] {
  const name = (metric: Measure['metric']) => (metric === 'uno' ? "Uno's C" : "Harrell's C");
  const weighting = (folds: Measure['folds']) =>
    folds === 'mean' ? 'the mean of each fold’s C' : 'one C of all cases';
  return [
    ...(a.metric !== b.metric
      ? [{ name: 'metric', words: `A has ${name(a.metric)}, B ${name(b.metric)}` } as const]
      : []),
    ...(a.ties !== b.ties
      ? [{ name: 'ties', words: `in A ${tiesInWords(a.ties)}, in B ${tiesInWords(b.ties)}` } as const]
      : []),
    ...(a.folds !== b.folds
      ? [
          {
            name: 'weighting of folds',
            words: `A has ${weighting(a.folds)}, B ${weighting(b.folds)}`,
          } as const,
        ]
      : []),
  ];
}
