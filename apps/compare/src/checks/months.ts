/** Months that are in use, in days: SurvPath's, the mean of a year, that of four years, and its rounding. */
const MONTHS: readonly number[] = [30, 365 / 12, 30.4375, 30.44];
/** Of the times, so many have to be whole days. */
const NEARLY_ALL = 0.98;
/** Of a mixture, each length has to have so many of the times to itself. */
const PART = 0.1;
/** Fewer times fit any month by chance. */
export const FEWEST_TIMES = 20;

/** What the times of a table say of the months that they are counted in. */
export interface MonthLengths {
  /**
   * The lengths by which the times are whole days, to their rounding: several where times are too short or too
   * rounded to tell them apart, none where they were never days.
   */
  readonly fit: readonly number[];
  /** Lengths that together explain what none does alone. */
  readonly mixed: readonly number[];
}

/** @param texts times in months as they are written: the digits of the longest one say how far they are rounded. */
export function monthLengths(texts: readonly string[]): MonthLengths {
  const times = texts.filter((text) => Number(text) > 0 && Number(text) < Infinity);
  if (times.length < FEWEST_TIMES) return { fit: [], mixed: [] };
  const rounding = 0.5 * 10 ** -Math.max(...times.map(decimals));
  const wholes = MONTHS.map((days) => times.map((text) => isWhole(Number(text), days, rounding)));
  const share = (of: readonly boolean[]) => of.filter(Boolean).length / times.length;
  const fit = MONTHS.filter((_, m) => share(wholes[m]!) >= NEARLY_ALL);
  // A length has a time to itself if no other explains it; rounded times have several.
  const alone = MONTHS.filter(
    (_, m) => share(wholes[m]!.map((is, i) => is && wholes.every((of, n) => n === m || !of[i]))) >= PART,
  );
  const explained = share(times.map((_, i) => wholes.some((of) => of[i])));
  const precise = rounding * 30 < 1e-3;
  const mixed = fit.length === 0 && precise && alone.length > 1 && explained >= NEARLY_ALL ? alone : [];
  return { fit, mixed };
}

function decimals(text: string): number {
  return /e/i.test(text) ? 15 : (/\.(\d*)/.exec(text)?.[1]?.length ?? 0);
}

function isWhole(months: number, days: number, rounding: number): boolean {
  const inDays = months * days;
  const tolerance = rounding * days + 1e-9 * inDays + 1e-6;
  return tolerance < 0.25 && Math.abs(inDays - Math.round(inDays)) <= tolerance;
}
