import { percentileInterval, resampleCounts, SurvivalError } from '@concord/survival';
import { sumOf, type Orders } from './attribution.js';
import { hybrid, type TwoRuns } from './hybrid.js';
import { measureOfCounts } from './measureC.js';

/** What resampled cases make of the shares and of the whole. */
export interface ResampledParts {
  /** Standard deviation of each share over the resamples, and of the whole. */
  readonly shares: readonly number[];
  readonly whole: number;
  readonly resamples: number;
}

/** How many C-indices may be computed; more changes have fewer resamples. */
const MOST = 250_000;

/**
 * Draw the patients of both runs again and again, and take the difference apart each time. A patient that both runs
 * judge is drawn for both at once, with all rows.
 *
 * @returns undefined where too few resamples have every C-index.
 */
export function resampleParts(
  two: TwoRuns,
  orders: Orders,
  { resamples, seed }: { readonly resamples: number; readonly seed: number },
): ResampledParts | undefined {
  const rowsOf = new Map<string, number[]>();
  two.pairs.forEach(({ patient }, i) => rowsOf.set(patient, [...(rowsOf.get(patient) ?? []), i]));
  const patients = [...rowsOf.values()];
  const count = Math.min(resamples, Math.floor(MOST / orders.sets.length));
  const drawn = resampleCounts(patients.length, count, seed).map((counts) => {
    const ofPair = new Uint16Array(two.pairs.length);
    for (const [p, rows] of patients.entries()) for (const i of rows) ofPair[i] = counts[p]!;
    return ofPair;
  });
  const values = drawn.map(() => new Float64Array(orders.sets.length));
  for (const [s, taken] of orders.sets.entries()) {
    const { rows, places, measure } = hybrid(two, taken)!;
    const c = measureOfCounts(rows, measure);
    for (const [r, counts] of drawn.entries()) values[r]![s] = c(places.map((i) => counts[i]!)) ?? NaN;
  }
  const last = orders.sets.length - 1;
  try {
    return {
      shares: orders.shares.map(
        (share) => percentileInterval(values.map((one) => sumOf(share, one))).deviation,
      ),
      whole: percentileInterval(values.map((one) => one[last]! - one[0]!)).deviation,
      resamples: count,
    };
  } catch (error) {
    if (error instanceof SurvivalError) return undefined;
    throw error;
  }
}
