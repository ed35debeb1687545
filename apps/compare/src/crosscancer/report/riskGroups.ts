import { logRank, SurvivalError, type FollowUp } from '@concord/survival';
import { judgedOf } from './estimate.js';
import type { Pair } from './differences.js';
import type { Method } from './method.js';
import type { NotComputed } from './studyReport.js';

/** Cases of a target in two halves by risk. */
export interface RiskGroups {
  readonly high: FollowUp;
  readonly low: FollowUp;
  readonly test: { readonly p: number; readonly statistic: number } | NotComputed;
}

/**
 * Halves of a target by the median of its own cases' risks, which needs no outcome. A case's risk is the mean of
 * its rank among all that a run judged, so that runs whose risks have other scales count alike.
 */
export function riskGroups(method: Method, { source, target, role }: Pair): RiskGroups | NotComputed {
  const cases = new Map<string, { time: number; event: boolean; ranks: number[] }>();
  for (const cell of method.cells.filter((one) => one.source === source)) {
    const judged = judgedOf(cell, target, role);
    if (!judged) continue;
    const sorted = [...judged.risks].sort((a, b) => a - b);
    judged.caseIds.forEach((id, i) => {
      const risk = judged.risks[i]!;
      const rank = (sorted.indexOf(risk) + sorted.lastIndexOf(risk) + 1) / (2 * sorted.length);
      const known = cases.get(id) ?? { time: judged.times[i]!, event: judged.events[i]!, ranks: [] };
      known.ranks.push(rank);
      cases.set(id, known);
    });
  }
  if (cases.size < 2) return { reason: 'fewer than two cases were judged' };
  const ranked = [...cases.values()]
    .map(({ time, event, ranks }) => ({
      time,
      event,
      rank: ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length,
    }))
    .sort((a, b) => a.rank - b.rank);
  const median = (ranked[(ranked.length - 1) >> 1]!.rank + ranked[ranked.length >> 1]!.rank) / 2;
  const half = (above: boolean): FollowUp => {
    const group = ranked.filter(({ rank }) => rank > median === above);
    return { times: group.map(({ time }) => time), events: group.map(({ event }) => event) };
  };
  const [high, low] = [half(true), half(false)];
  if (high.times.length === 0) return { reason: 'all cases have the same risk' };
  return { high, low, test: testOf(high, low) };
}

function testOf(high: FollowUp, low: FollowUp): RiskGroups['test'] {
  try {
    const both = {
      times: [...Array.from(high.times), ...Array.from(low.times)],
      events: [...Array.from(high.events), ...Array.from(low.events)],
    };
    const groups = both.times.map((_, i) => (i < high.times.length ? 'high' : 'low'));
    const { p, statistic } = logRank(both, groups);
    return { p, statistic };
  } catch (error) {
    if (error instanceof SurvivalError) return { reason: error.message };
    throw error;
  }
}
