import { noiseInWords } from '@concord/survival';
import { formatC } from '../crosscancer/report/headline.js';
import { movedBy, possibleOrders, type Orders, type Room } from './attribution.js';
import type { Change, ChangeName } from './change.js';
import { isBySlide, meanOfSlides } from './bySlide.js';
import type { ComparedRun, JudgedRow } from './comparedRun.js';
import {
  EXPLANATION_SCHEMA,
  type Chance,
  type Explanation,
  type MadeDifference,
  type Part,
  type SideOfExplanation,
} from './explanation.js';
import { findChanges, type FoundChanges } from './findChanges.js';
import { headlineOf } from './headlineOf.js';
import { hybridC, type TwoRuns } from './hybrid.js';
import { measureC } from './measureC.js';
import { pairRuns } from './pairRuns.js';
import { resampleParts, type Spread } from './resampleParts.js';
import type { Retrained } from './retrain.js';
import { settledInWords, settleMeasure, type SettledMeasure } from './settleMeasure.js';
import { withFigures, withTrained } from './trainedParts.js';

/** What an explanation is made with. */
export interface ExplainSetting {
  readonly command: string;
  /** 0: no intervals. */
  readonly resamples: number;
  readonly seed: number;
  /** What the runs were made with differs so. */
  readonly made: readonly MadeDifference[];
  /** What else is to be known of the runs. */
  readonly notes?: readonly string[];
  /** What was trained between both. */
  readonly trained?: Retrained;
}

/** Two runs taken apart as far as their cases allow. */
interface TakenApart {
  readonly found: FoundChanges;
  /** Undefined where a C-index is missing. */
  readonly orders?: Orders;
}

/**
 * Explain why the C-index of one run is not the other's: find what differs, and what each difference moves.
 *
 * @throws ExplainError for a run that has no cases, or a case twice.
 */
export function explainRuns(a: ComparedRun, b: ComparedRun, setting: ExplainSetting): Explanation {
  const settled = { a: settleMeasure(a), b: settleMeasure(b) };
  const slides = slidesOf(a, b);
  const pairs = pairRuns(slides.a ?? a.rows, slides.b ?? b.rows);
  const { found, orders } = takeApart(pairs, { a: settled.a.measure, b: settled.b.measure }, setting);
  const value = (taken: number) => hybridC(found.two, taken);
  const resampled =
    orders && found.changes.length > 0 && setting.resamples > 0
      ? resampleParts(found.two, orders, setting)
      : undefined;
  const counts = `${pairs.length} cases and ${pairs.filter((pair) => (pair.a ?? pair.b)!.event).length} events`;
  const computed: Part[] = orders
    ? movedBy({ changes: found.changes.length, value }, orders, commonCases(found)).map((moved, i) => {
        const { name, words } = found.changes[i]!;
        const spread = resampled?.shares[i];
        return {
          ...{ name, words: name === 'risks' ? withMade(words, setting.made) : words },
          ...moved,
          ...(spread && { chance: chanceOf(moved.share, spread, counts) }),
        };
      })
    : [];
  const parts = [...computed, ...slideParts(slides, settled), ...gapParts(settled)].sort(
    (x, y) => Math.abs(y.share) - Math.abs(x.share),
  );
  const sides = { a: sideOf(a, settled.a), b: sideOf(b, settled.b) };
  const [from, to] = [endOf(settled.a), endOf(settled.b)];
  const difference = from === undefined || to === undefined ? 0 : to - from;
  const open = openQuestions(found, settled, computed, setting.made, orders);
  const isEqual =
    parts.length === 0 && setting.made.length === 0 && open.length === 0 && harmlessOf(found).length === 0;
  const without: Omit<Explanation, 'headline'> = {
    ...{ schema: EXPLANATION_SCHEMA, command: setting.command, ...sides },
    status: isEqual ? 'equal' : open.length > 0 ? 'unexplained' : 'explained',
    common: found.common,
    difference,
    ...(resampled && { chance: chanceOf(difference, resampled.whole, counts) }),
    parts,
    interaction: parts.some(({ alone }) => alone === null)
      ? null
      : difference - parts.reduce((sum, { alone }) => sum + alone!, 0),
    orders: orders?.count ?? 0,
    harmless: harmlessOf(found),
    made: setting.trained
      ? withFigures(setting.made, setting.trained, { a, b, measure: settled.a.measure, parts: computed })
      : setting.made,
    open,
    notes: [...(setting.notes ?? []), ...notesOf(settled)],
    resamples: resampled?.resamples ?? 0,
    seed: setting.seed,
  };
  return { ...without, headline: headlineOf(without) };
}

/** Changes that leave only the cases that both judge: of these, what moves alone is known for more changes. */
function commonCases({ two }: FoundChanges): Room {
  const bit = (name: ChangeName) => (two.changes.includes(name) ? 1 << two.changes.indexOf(name) : 0);
  return { first: bit('cases of A alone'), notYet: bit('cases of B alone') };
}

/** Other risks, and what they come from as far as the files say. */
function withMade(words: string, made: readonly MadeDifference[]): string {
  if (made.length === 0) return words;
  const said = made
    .slice(0, 3)
    .map(({ name, a, b }) => `${name} ${a ?? 'not set'} against ${b ?? 'not set'}`);
  const more = made.length > 3 ? ` and ${made.length - 3} more` : '';
  return `${words}; made with ${said.join(', ')}${more}`;
}

/** Common cases, and events among them, below which cases and model cannot be told apart. */
const FEWEST = { cases: 10, events: 3 };

/** Find the changes; where too few cases are common, cases and models stay one. */
function takeApart(
  pairs: ReturnType<typeof pairRuns>,
  measures: TwoRuns['measures'],
  { trained, made }: ExplainSetting,
): TakenApart {
  const all = findChanges(pairs, measures);
  const found = trained ? withTrained(all, trained, made) : all;
  const ordersOf = ({ two, changes }: FoundChanges) =>
    possibleOrders(changes.length, (taken) => hybridC(two, taken) !== undefined);
  const orders = ordersOf(found);
  const both = pairs.filter(({ a, b }) => a && b);
  const enough =
    both.length === pairs.length ||
    (both.length >= FEWEST.cases && both.filter(({ a }) => a!.event).length >= FEWEST.events);
  if (orders && enough) return { found, orders };
  const kept = found.changes.filter(({ name }) => ['metric', 'ties', 'weighting of folds'].includes(name));
  const one: Change = {
    name: 'cases and models',
    words: `the runs judge other cases, and with ${found.common} in common it cannot be told what is the cases' and what is the model's`,
  };
  const changes = [one, ...kept];
  const joined = { ...found, changes, two: { ...found.two, changes: changes.map(({ name }) => name) } };
  const joinedOrders = ordersOf(joined);
  return { found: joined, ...(joinedOrders && { orders: joinedOrders }) };
}

function chanceOf(figure: number, { lower, upper, deviation }: Spread, counts: string): Chance {
  const smallest = 1.96 * deviation;
  return {
    ...{ lower, upper, smallest },
    belowNoise: figure === 0 || Math.abs(figure) < smallest,
    verdict: noiseInWords(figure, smallest, counts),
  };
}

/** Cases of the run that judges slides, where the other one judges cases. */
function slidesOf(a: ComparedRun, b: ComparedRun): Partial<Record<'a' | 'b', JudgedRow[]>> {
  const [inA, inB] = [isBySlide(a.rows), isBySlide(b.rows)];
  if (inA === inB) return {};
  return inA ? { a: meanOfSlides(a.rows) } : { b: meanOfSlides(b.rows) };
}

/** What it moves that slides are judged: a step of its own at either end. */
function slideParts(
  slides: ReturnType<typeof slidesOf>,
  settled: { readonly a: SettledMeasure; readonly b: SettledMeasure },
): Part[] {
  return (['a', 'b'] as const).flatMap((side): Part[] => {
    const [rows, { cindex, measure }] = [slides[side], settled[side]];
    const mean = rows && measureC(rows, measure);
    if (mean === undefined || cindex === undefined) return [];
    const run = side.toUpperCase() as 'A' | 'B';
    const share = side === 'a' ? mean - cindex : cindex - mean;
    const words = `${run} judges every slide; the mean risk of each case's slides gives ${formatC(mean)}`;
    return [{ name: `slides of ${run}`, words, share, alone: share, last: share }];
  });
}

/** Where the explanation of a run starts or ends: its reported figure, where the risks do not give it. */
function endOf({ gap, cindex }: SettledMeasure): number | undefined {
  return gap?.reported ?? cindex;
}

/** Reported figures that the risks do not give: steps of their own at either end. */
function gapParts(settled: { readonly a: SettledMeasure; readonly b: SettledMeasure }): Part[] {
  return (['a', 'b'] as const).flatMap((side): Part[] => {
    const { gap, cindex } = settled[side];
    if (!gap || cindex === undefined) return [];
    const share = side === 'a' ? cindex - gap.reported : gap.reported - cindex;
    const run = side.toUpperCase() as 'A' | 'B';
    const { epoch } = gap;
    const words = epoch
      ? `${run} reports ${formatC(gap.reported)}, the ${epoch.which} epoch of its log (${epoch.number}), but its risks give ${formatC(cindex)}`
      : `${run} reports ${formatC(gap.reported)}, but its risks give ${formatC(cindex)}`;
    return [{ name: `reported figure of ${run}`, words, share, alone: share, last: share }];
  });
}

function sideOf(run: ComparedRun, settled: SettledMeasure): SideOfExplanation {
  return {
    ...{ name: run.name, judged: run.judged },
    cases: run.rows.length,
    events: run.rows.filter(({ event }) => event).length,
    cindex: settled.cindex ?? null,
    measure: { ...settled.measure, words: settledInWords(settled) },
    reported: settled.gap?.reported ?? null,
  };
}

function harmlessOf({ outcomes }: FoundChanges): string[] {
  return outcomes?.units === undefined
    ? []
    : [`times are counted in other units, which leaves their order as it is: ${outcomes.units}`];
}

/** What remains unexplained. */
function openQuestions(
  { changes, two }: FoundChanges,
  settled: { readonly a: SettledMeasure; readonly b: SettledMeasure },
  computed: readonly Part[],
  made: readonly MadeDifference[],
  orders: Orders | undefined,
): string[] {
  const sides = ['a', 'b'] as const;
  const without = sides.filter((side) => settled[side].cindex === undefined);
  if (without.length > 0) {
    return without.map((side) => `${side.toUpperCase()} has no C-index: no pair of its cases is comparable`);
  }
  const risks = computed.find(({ name }) => name === 'risks');
  const unreproduced = sides.filter((side) => settled[side].gap && !settled[side].gap!.epoch);
  return [
    ...unreproduced.map((side) => {
      const { gap, cindex } = settled[side];
      return `the figure that ${side.toUpperCase()} reports, ${formatC(gap!.reported)} (${gap!.where}), is not what its own risks give, ${formatC(cindex!)}, by any measure tried`;
    }),
    ...(changes.some(({ name }) => name === 'cases and models')
      ? ['too few cases are judged by both to tell the cases from the model']
      : []),
    ...(risks && made.length === 0 && risks.chance?.belowNoise === false
      ? ['the same cases have other risks, and neither folder says what was done differently']
      : []),
    ...(orders || two.changes.length === 0 ? [] : ['the difference could not be taken apart']),
  ];
}

function notesOf(settled: { readonly a: SettledMeasure; readonly b: SettledMeasure }): string[] {
  const uno = [settled.a, settled.b].some(({ measure }) => measure.metric === 'uno');
  return uno ? ["For Uno's C censoring is estimated on the judged cases, not on training cases."] : [];
}
