import { DataError } from '../dataError.js';

/** Follow-up of one case. */
export interface FollowUp {
  readonly timeMonths: number;
  readonly event: boolean;
}

/**
 * Edges of time bins as the published code places them: quantiles of the times of observed events (linear
 * interpolation), the outer edges widened to all times by 1e-6.
 *
 * @param cases all of those that are to be binned; fit on training cases alone to keep validation out.
 * @returns bins + 1 rising edges, in months.
 * @throws DataError if no event was observed or events are so few or tied that edges coincide.
 * @source mahmoodlab/SurvPath@3f73ddd, datasets/dataset_survival.py, `_discretize_survival_months`.
 */
export function fitTimeBins(cases: readonly FollowUp[], bins: number, where: string): number[] {
  const events = cases.filter(({ event }) => event).map(({ timeMonths }) => timeMonths);
  if (events.length === 0) {
    throw new DataError(where, `all ${cases.length} cases are censored; time bins need observed events`);
  }
  events.sort((a, b) => a - b);
  const times = cases.map(({ timeMonths }) => timeMonths);
  const edges = Array.from({ length: bins + 1 }, (_, i) => quantile(events, i / bins));
  edges[0] = Math.min(...times) - 1e-6;
  edges[bins] = Math.max(...times) + 1e-6;
  if (edges.some((edge, i) => i > 0 && edge <= edges[i - 1]!)) {
    throw new DataError(
      where,
      `${events.length} events give coinciding edges of ${bins} time bins; use fewer`,
    );
  }
  return edges;
}

/** The bin whose half-open interval [edge, next edge) holds the time. @throws DataError outside all. */
export function timeBin(timeMonths: number, edges: readonly number[], where: string): number {
  const bin = edges.findIndex((edge, i) => timeMonths >= edge && timeMonths < (edges[i + 1] ?? -Infinity));
  if (bin < 0) {
    throw new DataError(
      where,
      `${timeMonths} months is outside the time bins ${edges[0]} to ${edges.at(-1)}`,
    );
  }
  return bin;
}

/** As NumPy's default: linear between order statistics. */
function quantile(sorted: readonly number[], p: number): number {
  const position = p * (sorted.length - 1);
  const below = Math.floor(position);
  const next = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return sorted[below]! + (next - sorted[below]!) * (position - below);
}
