import { percentileInterval, SurvivalError } from '@concord/survival';
import {
  correctFamily,
  meanDifference,
  pairDifference,
  type Comparing,
  type Pair,
} from './report/differences.js';
import { combine, judgedOf, openEstimator, type Estimate } from './report/estimate.js';
import { headlineOf } from './report/headline.js';
import { methodsOf, RIDGES, type Method } from './report/method.js';
import { missingRuns } from './report/missingRuns.js';
import { comparePlanted } from './report/planted.js';
import { rankMethods } from './report/ranking.js';
import { riskGroups } from './report/riskGroups.js';
import { compareStacks } from './report/stacks.js';
import { agreementRows } from './report/agreements.js';
import {
  computed,
  type MeanRow,
  type NotComputed,
  type ResultRow,
  type StudyReport,
  type WithInterval,
} from './report/studyReport.js';
import { cohortsOf } from './report/studySchema.js';
import type { Study } from './studyFolder.js';

/** How a study is judged. */
export interface StatisticsOptions {
  /** Resamples of the cases; default 1,000. */
  readonly resamples?: number;
  readonly seed?: number;
}

/** A study's methods, and every pair of cohorts that was judged. */
export function layOut({ file, cells }: Study): { methods: Method[]; pairs: Pair[] } {
  const pairs = file.sources.flatMap((source) =>
    file.targets.flatMap((target): Pair[] => {
      const role = cohortsOf(source).includes(target) ? 'in-domain' : 'cross-domain';
      const judged = cells.some((cell) => cell.source === source && judgedOf(cell, target, role));
      return judged ? [{ source, target, role }] : [];
    }),
  );
  return { methods: methodsOf(cells, file.backbones, file.modules), pairs };
}

/** Everything that the cells of a study say together, and what they do not. */
export function judgeStudy(
  study: Study,
  { resamples = 1000, seed = 1 }: StatisticsOptions = {},
): StudyReport {
  const { file, cells, broken, unfinished } = study;
  const { methods, pairs } = layOut(study);
  const estimate = openEstimator(study, resamples, seed);
  const sizes = (cohort: string) => file.cohorts.find(({ name }) => name === cohort)!;
  const comparing: Comparing = { estimate, folds: file.folds, sizes };
  const results = methods.flatMap((method) => pairs.map((pair) => resultRow(method, pair, comparing)));
  const plain = (method: Method) =>
    methods.find(({ backbone, module }) => backbone === method.backbone && module === 'plain');
  const varied = methods.flatMap((method) => {
    const base = plain(method);
    return base && base !== method ? [{ method, base }] : [];
  });
  const family = (role: Pair['role']) =>
    correctFamily(
      varied.flatMap(({ method, base }) =>
        pairs
          .filter((pair) => pair.role === role)
          .map((pair) => pairDifference(method, base, pair, comparing)),
      ),
    );
  const cross = pairs.filter(({ role }) => role === 'cross-domain');
  const ranking = rankMethods(
    methods.map(({ name }) => name),
    cross.map(({ source, target }) =>
      methods.map(({ name }) => {
        const row = results.find(
          (one) => one.method === name && one.source === source && one.target === target,
        )!;
        return computed(row.cindex) ? row.cindex.value : undefined;
      }),
    ),
  );
  const ridge = strongest(
    methods.filter(({ backbone }) => RIDGES.includes(backbone)),
    (method) => meanOver(method, cross, comparing),
  );
  const againstRidge = ridge
    ? correctFamily(
        methods.filter(({ deep }) => deep).map((method) => meanDifference(method, ridge, pairs, comparing)),
      )
    : [];
  const rankOf = (name: string) =>
    computed(ranking) ? ranking.ranks.find(({ method }) => method === name)!.meanRank : null;
  const means: MeanRow[] = methods.map((method) => ({
    method: method.name,
    crossDomain: meanOver(method, cross, comparing),
    inDomain: meanOver(
      method,
      pairs.filter(({ role }) => role === 'in-domain'),
      comparing,
    ),
    meanRank: rankOf(method.name),
  }));
  const { schema: _schema, ...asked } = file;
  return {
    schema: 'concord.crosscancer/1',
    headline: headlineOf(againstRidge, ridge?.name ?? null),
    ridge: ridge?.name ?? null,
    study: asked,
    settings: { resamples, seed, confidence: 0.95 },
    cells: { done: cells.length, broken, unfinished, missing: missingRuns(file, methods) },
    methods: methods.map(({ cells: own, name, backbone, module, stack, deep }) => ({
      method: name,
      ...{ backbone, module, stack, deep },
      cells: own.length,
      seconds: own.reduce((sum, { seconds }) => sum + seconds, 0),
      parameters: own[0]!.parameters,
    })),
    results,
    means,
    differences: [
      ...correctFamily(varied.map(({ method, base }) => meanDifference(method, base, pairs, comparing))),
      ...family('cross-domain'),
      ...family('in-domain'),
    ],
    againstRidge,
    ranking,
    planted: comparePlanted(file.planted ?? [], results),
    stacks: compareStacks(methods, cells),
    agreement: agreementRows(methods),
  };
}

/** The method of the highest mean; the first one where none could be computed. */
function strongest(methods: readonly Method[], meanOf: (method: Method) => MeanRow['crossDomain']) {
  const value = (method: Method): number => {
    const mean = meanOf(method);
    return computed(mean) ? mean.value : -Infinity;
  };
  return methods.reduce<Method | undefined>(
    (best, one) => (best && value(best) >= value(one) ? best : one),
    undefined,
  );
}

function resultRow(method: Method, pair: Pair, { estimate }: Comparing): ResultRow {
  const { source, target, role } = pair;
  const own = method.cells.filter((cell) => cell.source === source && judgedOf(cell, target, role));
  const judged = own.map((cell) => judgedOf(cell, target, role)!);
  const outcomes = new Map(judged.flatMap(({ caseIds, events }) => caseIds.map((id, i) => [id, events[i]!])));
  const reason = judged.find((one) => one.reason)?.reason ?? 'no run of it is done';
  const groups = riskGroups(method, pair);
  return {
    method: method.name,
    ...{ source, target, role },
    cells: own.length,
    cases: outcomes.size,
    events: [...outcomes.values()].filter(Boolean).length,
    cindex: withInterval(estimate(own, target, role), reason),
    seedDeviation: seedDeviation(own.map((cell, i) => [cell.seed, judged[i]!.cindex])),
    logRank: computed(groups) ? groups.test : groups,
  };
}

function meanOver(
  method: Method,
  pairs: readonly Pair[],
  { estimate }: Comparing,
): WithInterval | NotComputed {
  const terms = pairs.map(({ source, target, role }) =>
    estimate(
      method.cells.filter((cell) => cell.source === source && judgedOf(cell, target, role)),
      target,
      role,
    ),
  );
  const known = terms.filter((term) => term !== undefined);
  if (known.length < terms.length) {
    return { reason: `${terms.length - known.length} of ${terms.length} pairs have no C-index` };
  }
  const share = 1 / known.length;
  return withInterval(known.length > 0 ? combine(known.map((term) => [share, term])) : undefined, 'no pair');
}

function withInterval(estimate: Estimate | undefined, reason: string): WithInterval | NotComputed {
  if (!estimate) return { reason };
  try {
    const { lower, upper } = percentileInterval(estimate.resampled);
    return { value: estimate.value, lower, upper, resolution: (upper - lower) / 2 };
  } catch (error) {
    if (error instanceof SurvivalError) return { reason: error.message };
    throw error;
  }
}

/** Spread over seeds of the mean over folds. */
function seedDeviation(runs: readonly (readonly [seed: number, cindex: number | null])[]): number | null {
  const seeds = [...new Set(runs.map(([seed]) => seed))];
  const means = seeds.flatMap((seed) => {
    const own = runs.flatMap(([other, c]) => (other === seed && c !== null ? [c] : []));
    return own.length > 0 ? [own.reduce((sum, c) => sum + c, 0) / own.length] : [];
  });
  if (means.length < 2) return null;
  const mean = means.reduce((sum, c) => sum + c, 0) / means.length;
  return Math.sqrt(means.reduce((sum, c) => sum + (c - mean) ** 2, 0) / (means.length - 1));
}
