import { normalCdf, normalQuantile } from './distributions.js';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { SurvivalError } from './survivalError.js';

/** An estimate with its interval from resampled cases. */
export interface Interval {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
  readonly confidence: number;
  readonly method: 'percentile' | 'bca';
  /** Resamples that the statistic could be computed of; the others had, say, no event. */
  readonly resamples: number;
  readonly skipped: number;
  /** Standard deviation over the resamples. */
  readonly deviation: number;
}

/** How to resample. */
export interface BootstrapOptions {
  /** Default 1,000. */
  readonly resamples?: number;
  /** Default 0.95. */
  readonly confidence?: number;
  /** `bca` corrects bias and skewness; default. */
  readonly method?: Interval['method'];
  readonly seed?: number;
}

/**
 * Bootstrap by case: n positions are drawn with replacement, and the statistic computed of those. For a paired
 * difference, let the statistic compute both models' metrics of the same positions.
 *
 * @param statistic of positions; one that throws SurvivalError on a resample is counted as skipped.
 * @throws SurvivalError if the statistic cannot be computed of the cases themselves, or of fewer than half of
 *   the resamples.
 * @source Efron 1987 (BCa).
 */
export function bootstrap(
  cases: number,
  statistic: (positions: Int32Array) => number,
  { resamples = 1000, confidence = 0.95, method = 'bca', seed = 1 }: BootstrapOptions = {},
): Interval {
  const all = Int32Array.from({ length: cases }, (_, i) => i);
  const estimate = statistic(all);
  const generator = xoroshiro128plus(seed);
  const positions = new Int32Array(cases);
  const values: number[] = [];
  for (let b = 0; b < resamples; b++) {
    drawPositions(generator, positions);
    const value = attempt(statistic, positions);
    if (value !== undefined) values.push(value);
  }
  if (values.length < resamples / 2) {
    throw new SurvivalError(
      'bootstrap',
      `the statistic exists in ${values.length} of ${resamples} resamples; too few events`,
    );
  }
  values.sort((a, b) => a - b);
  const tail = (1 - confidence) / 2;
  const [low, high] = method === 'bca' ? corrected(values, estimate, all, statistic, tail) : [tail, 1 - tail];
  return {
    estimate,
    lower: quantile(values, low),
    upper: quantile(values, high),
    confidence,
    method,
    resamples: values.length,
    skipped: resamples - values.length,
    deviation: deviationOf(values),
  };
}

/**
 * How often each case counts in each of many resamples, for statistics that take weights. The same counts for two
 * models make their difference a paired one.
 *
 * @returns [resamples][cases], each summing up to the number of cases.
 */
export function resampleCounts(cases: number, resamples: number, seed: number): Uint16Array[] {
  const generator = xoroshiro128plus(seed);
  const positions = new Int32Array(cases);
  return Array.from({ length: resamples }, () => {
    drawPositions(generator, positions);
    const counts = new Uint16Array(cases);
    for (const at of positions) counts[at]! += 1;
    return counts;
  });
}

/** Spread and percentile interval of a statistic's values over resamples; NaN stands for a resample without one. */
export function percentileInterval(
  values: ArrayLike<number>,
  confidence = 0.95,
): Pick<Interval, 'lower' | 'upper' | 'deviation' | 'skipped'> {
  const sorted = Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort((a, b) => a - b);
  if (sorted.length < Math.max(2, values.length / 2)) {
    throw new SurvivalError(
      'bootstrap',
      `the statistic exists in ${sorted.length} of ${values.length} resamples; too few events`,
    );
  }
  const tail = (1 - confidence) / 2;
  return {
    lower: quantile(sorted, tail),
    upper: quantile(sorted, 1 - tail),
    deviation: deviationOf(sorted),
    skipped: values.length - sorted.length,
  };
}

function drawPositions(generator: ReturnType<typeof xoroshiro128plus>, positions: Int32Array): void {
  const cases = positions.length;
  for (let i = 0; i < cases; i++) positions[i] = Math.floor(((generator.next() >>> 0) / 2 ** 32) * cases);
}

function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

function attempt(statistic: (positions: Int32Array) => number, positions: Int32Array): number | undefined {
  try {
    return statistic(positions);
  } catch (error) {
    if (error instanceof SurvivalError) return undefined;
    throw error;
  }
}

/** Tails corrected for bias, and for skewness by the jackknife. */
function corrected(
  sorted: readonly number[],
  estimate: number,
  all: Int32Array,
  statistic: (positions: Int32Array) => number,
  tail: number,
): [low: number, high: number] {
  const share = (sorted.filter((value) => value < estimate).length + 0.5) / (sorted.length + 1);
  const bias = normalQuantile(share);
  const left = Array.from(all, (out) =>
    attempt(
      statistic,
      all.filter((i) => i !== out),
    ),
  ).filter((value) => value !== undefined);
  const mean = left.reduce((sum, value) => sum + value, 0) / left.length;
  const squares = left.reduce((sum, value) => sum + (mean - value) ** 2, 0);
  const cubes = left.reduce((sum, value) => sum + (mean - value) ** 3, 0);
  const skew = squares > 0 ? cubes / (6 * squares ** 1.5) : 0;
  const adjust = (p: number) => {
    const z = bias + normalQuantile(p);
    return normalCdf(bias + z / (1 - skew * z));
  };
  return [adjust(tail), adjust(1 - tail)];
}

function quantile(sorted: readonly number[], p: number): number {
  const position = Math.min(Math.max(p, 0), 1) * (sorted.length - 1);
  const below = Math.floor(position);
  const next = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return sorted[below]! + (next - sorted[below]!) * (position - below);
}
