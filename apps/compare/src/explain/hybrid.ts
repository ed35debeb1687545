import type { JudgedRow, Measure } from './comparedRun.js';
import type { ChangeName } from './change.js';
import { measureC } from './measureC.js';
import type { Pair } from './pairRuns.js';

/** Two runs side by side, and all that tells them apart. */
export interface TwoRuns {
  readonly pairs: readonly Pair[];
  readonly measures: { readonly a: Measure; readonly b: Measure };
  /** B's times over A's, by their units. */
  readonly scale: number;
  /** What differs; bit `i` of a set of changes is the one at place `i`. */
  readonly changes: readonly ChangeName[];
  /** Risks by the name of the case, of trainings between both; bit `i` is the `i`-th of the changes `trained …`. */
  readonly trained?: ReadonlyMap<number, ReadonlyMap<string, number>>;
}

/** Figures to which times of different units are rounded, so that ties survive the division. */
const DIGITS = 10;

/** A run between both: its cases, and how its C is made. */
export interface Hybrid {
  readonly rows: readonly JudgedRow[];
  /** [rows]: which of the pairs each is of. */
  readonly places: readonly number[];
  readonly measure: Measure;
}

/**
 * A run between both: A, with some of its differences taken over from B. A case takes its risk, its outcome and its
 * fold each from the run that the set says; where that difference is not one, from the run that has the case.
 *
 * @param taken bit `i` says whether change `i` is B's.
 * @returns undefined where it does not exist: a case lacks what the set asks for.
 */
export function hybrid(two: TwoRuns, taken: number): Hybrid | undefined {
  const set = takenFrom(two, taken);
  const rows: JudgedRow[] = [];
  const places: number[] = [];
  for (const [place, pair] of two.pairs.entries()) {
    if (!isJudged(pair, set)) continue;
    const row = set.from('cases and models') === 'either' ? mixed(two, pair, set) : whole(pair, set);
    if (!row) return undefined;
    rows.push(row);
    places.push(place);
  }
  const { a, b } = two.measures;
  const measure: Measure = {
    metric: (set.from('metric') === 'b' ? b : a).metric,
    ties: (set.from('ties') === 'b' ? b : a).ties,
    folds: (set.from('weighting of folds') === 'b' ? b : a).folds,
  };
  // A mean over folds needs to know every case's.
  const unknown = rows.filter(({ fold }) => fold === undefined).length;
  if (measure.folds === 'mean' && unknown > 0 && unknown < rows.length) return undefined;
  return { rows, places, measure };
}

/** C of a run between both; undefined where the run does not exist, or no pair of its cases is comparable. */
export function hybridC(two: TwoRuns, taken: number): number | undefined {
  const between = hybrid(two, taken);
  return between && measureC(between.rows, between.measure);
}

/** Where a set of changes takes something from; `either` where the runs do not differ in it. */
interface Taken {
  readonly from: (name: ChangeName) => 'a' | 'b' | 'either';
  /** Risks of a training between both; undefined where A's or B's own are taken. */
  readonly between?: ReadonlyMap<string, number>;
}

function takenFrom({ changes, trained }: TwoRuns, taken: number): Taken {
  const sources = new Map<ChangeName, 'a' | 'b'>(
    changes.map((name, i) => [name, taken & (1 << i) ? 'b' : 'a']),
  );
  const groups = changes.filter((name) => name.startsWith('trained '));
  if (groups.length > 0) {
    const set = groups.reduce((sum, name, i) => sum + (sources.get(name) === 'b' ? 1 << i : 0), 0);
    const between = trained?.get(set);
    sources.set('risks', set === 0 ? 'a' : 'b');
    if (between) return { from: (name) => sources.get(name) ?? 'either', between };
  }
  return { from: (name) => sources.get(name) ?? 'either' };
}

function isJudged({ a, b }: Pair, { from }: Taken): boolean {
  const side = from('cases and models');
  if (side !== 'either') return Boolean(side === 'a' ? a : b);
  if (!b) return from('cases of A alone') !== 'b';
  return a ? true : from('cases of B alone') === 'b';
}

function whole({ a, b }: Pair, { from }: Taken): JudgedRow | undefined {
  return from('cases and models') === 'a' ? a : b;
}

/** A case whose risk, outcome and fold may come from different runs; undefined where one of them is nowhere. */
function mixed({ scale }: TwoRuns, { name, a, b }: Pair, { from, between }: Taken): JudgedRow | undefined {
  const rowFor = (change: ChangeName) => {
    const side = from(change);
    return side === 'either' ? (a ?? b) : side === 'a' ? a : b;
  };
  const [outcome, own, fold] = [rowFor('outcomes'), rowFor('risks'), rowFor('folds')];
  const told = between?.get(name);
  const risk = between === undefined ? own : told === undefined ? undefined : { ...(a ?? b)!, risk: told };
  if (!outcome || !risk || !fold) return undefined;
  /** B's rows have a flag the other way round; the set says which way it is to be. */
  const turned = (change: ChangeName, row: JudgedRow) =>
    from(change) !== 'either' && (from(change) === 'b') !== (row === b);
  const time = outcome === b ? outcome.time / scale : outcome.time;
  return {
    ...{ caseId: outcome.caseId, time: scale === 1 ? time : Number(time.toPrecision(DIGITS)) },
    event: outcome.event !== turned('event flag', outcome),
    risk: turned('direction of risk', risk) ? -risk.risk : risk.risk,
    ...(fold.fold !== undefined && { fold: fold.fold }),
  };
}
