/** Outcomes of the same cases in two runs; each array [cases]. */
export interface TwoOutcomes {
  readonly times: readonly [a: readonly number[], b: readonly number[]];
  readonly events: readonly [a: readonly boolean[], b: readonly boolean[]];
}

/** How the outcomes of the same cases differ. */
export interface OutcomeRelation {
  /** B's times over A's: 1 where both count in the same unit. */
  readonly scale: number;
  /** What the scale is, in words; undefined where it is 1. */
  readonly units?: string;
  /** Whether what is an event in one is a censoring in the other. */
  readonly inverted: boolean;
  /** Cases whose time still differs, whose event is in A alone, in B alone, when unit and flag are the same. */
  readonly times: number;
  readonly onlyA: number;
  readonly onlyB: number;
}

/** Share of the cases that have to agree on a unit; and on a turned flag, which other endpoints never come near. */
const MOST = 0.9;
const TURNED = 0.8;

/** Two times that differ by less than this share are the same. */
const SAME = 1e-9;

/** What rounding leaves of a time, or of one unit where that is more. */
const ROUNDED = 0.02;

/** Days of the units that follow-up is counted in. */
const UNITS: readonly (readonly [name: string, days: number])[] = [
  ['days', 1],
  ['months of 30 days', 30],
  ['months of 30.4 days', 30.4],
  ['months of 365/12 days', 365 / 12],
  ['months of 30.4375 days', 30.4375],
  ['months of 30.44 days', 30.44],
  ['months of 30.5 days', 30.5],
  ['years of 365 days', 365],
  ['years of 365.25 days', 365.25],
];

/** Compare the outcomes of the same cases: unit of time, meaning of the flag, and what still differs then. */
export function relateOutcomes({ times, events }: TwoOutcomes): OutcomeRelation {
  const { scale, units } = relateUnits(...times);
  const [a, b] = events;
  const opposite = a.filter((event, i) => event !== b[i]).length;
  const inverted = opposite > TURNED * a.length;
  const turned = inverted ? b.map((event) => !event) : b;
  return {
    scale,
    ...(units !== undefined && { units }),
    inverted,
    times: isOneOrder(
      times[0],
      times[1].map((time) => time / scale),
    )
      ? 0
      : times[0].filter((time, i) => !isSameTime(time, times[1][i]! / scale)).length,
    onlyA: a.filter((event, i) => event && !turned[i]).length,
    onlyB: a.filter((event, i) => !event && turned[i]).length,
  };
}

/** Whether two times are the same but for rounding in the last places. */
function isSameTime(a: number, b: number): boolean {
  return Math.abs(a - b) <= SAME * Math.max(Math.abs(a), Math.abs(b));
}

/** Whether times differ by no more than rounding, and in no pair that came before or tied. */
function isOneOrder(a: readonly number[], b: readonly number[]): boolean {
  const order = a.map((_, i) => i).sort((i, j) => a[i]! - a[j]! || b[i]! - b[j]!);
  const rounded = a.every((time, i) => Math.abs(time - b[i]!) <= ROUNDED * Math.max(1, Math.abs(time)));
  return (
    rounded &&
    order.every((i, place) => {
      const before = order[place - 1];
      if (before === undefined) return true;
      return isSameTime(a[before]!, a[i]!) ? isSameTime(b[before]!, b[i]!) : b[before]! < b[i]!;
    })
  );
}

function relateUnits(a: readonly number[], b: readonly number[]): { scale: number; units?: string } {
  const ratios = a.flatMap((time, i) => (time > 0 && b[i]! > 0 ? [b[i]! / time] : [])).sort((x, y) => x - y);
  const middle = ratios[ratios.length >> 1];
  if (middle === undefined) return { scale: 1 };
  // Figures rounded to a tenth of a month still lie within half a percent of each other.
  const near = (scale: number, within: number) =>
    ratios.filter((ratio) => Math.abs(ratio / scale - 1) < within).length > MOST * ratios.length;
  if (near(1, 1e-6) || !near(middle, 5e-3)) return { scale: 1 };
  const pairs = UNITS.flatMap(([nameA, daysA]) =>
    UNITS.map(([nameB, daysB]) => ({
      scale: daysA / daysB,
      units: `${nameA} in A, ${nameB} in B`,
      off: Math.abs(daysA / daysB / middle - 1),
    })),
  );
  const closest = pairs.reduce((best, pair) => (pair.off < best.off ? pair : best));
  if (closest.scale === 1) return { scale: 1 };
  if (closest.off < 1e-3 && near(closest.scale, 5e-3)) return { scale: closest.scale, units: closest.units };
  return { scale: middle, units: `B's times are ${middle.toPrecision(5)} times A's` };
}
