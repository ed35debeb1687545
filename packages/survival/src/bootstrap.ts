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
    for (let i = 0; i < cases; i++) positions[i] = Math.floor(((generator.next() >>> 0) / 2 ** 32) * cases);
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
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    estimate,
    lower: quantile(values, low),
    upper: quantile(values, high),
    confidence,
    method,
    resamples: values.length,
    skipped: resamples - values.length,
    deviation: Math.sqrt(squares / (values.length - 1)),
  };
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
