import type { StandingCell } from './gridStatus.js';

/** How much computing is left, by the cells that are done. */
export interface Estimate {
  /** Seconds of one run at a time: from the lower quartiles to the upper ones of the cells that are done. */
  readonly seconds: readonly [number, number];
  /** Cells that are counted in it. */
  readonly cells: number;
  /** Backbones of which no cell is done, and how many are left: nothing is known of them. */
  readonly unknown: Readonly<Record<string, number>>;
  /** Runs at once now. */
  readonly atOnce: number;
}

/** Cells of one backbone take alike; nothing else is assumed. @param now milliseconds since 1970. */
export function estimateLeft(cells: readonly StandingCell[], now: number): Estimate {
  const taken = new Map<string, number[]>();
  for (const { cell, state } of cells) {
    if (state.kind !== 'done') continue;
    const { backbone } = cell.spec;
    taken.set(backbone, [...(taken.get(backbone) ?? []), state.seconds]);
  }
  for (const seconds of taken.values()) seconds.sort((a, b) => a - b);
  let [low, high, counted, atOnce] = [0, 0, 0, 0];
  const unknown: Record<string, number> = {};
  for (const { cell, state } of cells) {
    if (state.kind === 'done' || state.kind === 'failed') continue;
    const gone = state.kind === 'running' ? (now - Date.parse(state.record.since)) / 1000 : 0;
    if (state.kind === 'running') atOnce += 1;
    const { backbone } = cell.spec;
    const seconds = taken.get(backbone);
    if (!seconds) {
      unknown[backbone] = (unknown[backbone] ?? 0) + 1;
      continue;
    }
    counted += 1;
    low += Math.max(0, quantile(seconds, 0.25) - gone);
    high += Math.max(0, quantile(seconds, 0.75) - gone);
  }
  return { seconds: [low, high], cells: counted, unknown, atOnce };
}

/** Of sorted numbers, the nearest one. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.round(share * (sorted.length - 1))]!;
}
