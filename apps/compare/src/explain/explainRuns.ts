import { noiseInWords } from '@concord/survival';
import { movedBy, possibleOrders, type Orders, type Room } from './attribution.js';
import type { Change, ChangeName } from './change.js';
import type { ComparedRun } from './comparedRun.js';
import { gapParts, slideParts, slidesOf, type Both } from './endParts.js';
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
import { openQuestions } from './openQuestions.js';
import { pairRuns } from './pairRuns.js';
import { resampleParts } from './resampleParts.js';
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
        const deviation = resampled?.shares[i];
        return {
          ...{ name, words: name === 'risks' ? withMade(words, setting.made) : words },
          ...moved,
          ...(deviation !== undefined && { chance: chanceOf(moved.share, deviation, counts) }),
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

/** A figure's interval: 1.96 standard deviations to either side, so that it and the verdict never part. */
function chanceOf(figure: number, deviation: number, counts: string): Chance {
  const smallest = 1.96 * deviation;
  return {
    ...{ lower: figure - smallest, upper: figure + smallest, smallest },
    belowNoise: figure === 0 || Math.abs(figure) < smallest,
    verdict: noiseInWords(figure, smallest, counts),
  };
}

/** Where the explanation of a run starts or ends: its reported figure, where the risks do not give it. */
function endOf({ gap, cindex }: SettledMeasure): number | undefined {
  return gap?.reported ?? cindex;
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

function notesOf(settled: Both<SettledMeasure>): string[] {
  const uno = [settled.a, settled.b].some(({ measure }) => measure.metric === 'uno');
  return uno ? ["For Uno's C censoring is estimated on the judged cases, not on training cases."] : [];
}
