import * as Plot from '@observablehq/plot';
import { draw } from '../../../html/draw.js';
import type { Markup } from '../../../html/markup.js';
import type { Ranking } from '../studyReport.js';

/**
 * Critical-difference diagram: methods on an axis of mean ranks, a bar over those that cannot be told apart.
 *
 * @source Demšar 2006, figure 1.
 */
export function rankChart({ ranks, groups, criticalDifference, pairs }: Ranking): Markup {
  const [first, last] = [1, ranks.length];
  const names = 50 + 6.5 * Math.max(...ranks.map(({ method }) => method.length));
  const half = Math.ceil(ranks.length / 2);
  const bars = groups.map((group, i) => {
    const own = ranks.filter(({ method }) => group.includes(method)).map(({ meanRank }) => meanRank);
    return { x1: Math.min(...own) - 0.04, x2: Math.max(...own) + 0.04, y: -0.4 - 0.4 * i };
  });
  const below = 0.8 + 0.4 * bars.length;
  const labels = ranks.map(({ method, meanRank }, i) => {
    const left = i < half;
    const row = left ? i : ranks.length - 1 - i;
    return {
      text: `${method}  ${meanRank.toFixed(2)}`,
      x: meanRank,
      side: left ? first : last,
      y: -below - row,
      left,
    };
  });
  const lines = labels.flatMap(({ x, side, y }) => [
    { x1: x, x2: x, y1: 0, y2: y },
    { x1: x, x2: side, y1: y, y2: y },
  ]);
  const text = { x: 'side', y: 'y', text: 'text', fill: 'var(--ink)', fontSize: 12 } as const;
  const width = Math.min(criticalDifference, last - first);
  return draw({
    width: 2 * names + 380,
    height: 110 + 26 * (half + below),
    marginLeft: names,
    marginRight: names,
    marginTop: 44,
    marginBottom: 14,
    ariaLabel: `Critical-difference diagram over ${pairs} pairs, critical difference ${criticalDifference.toFixed(2)}. Mean ranks: ${ranks
      .map(({ method, meanRank }) => `${method} ${meanRank.toFixed(2)}`)
      .join(', ')}.`,
    x: {
      domain: [first, last],
      axis: 'top',
      label: null,
      ticks: Math.min(ranks.length, 10),
      tickFormat: 'd',
    },
    y: { domain: [-below - half, 1.8], axis: null },
    marks: [
      Plot.ruleY([0], { x1: first, x2: last, stroke: 'var(--ink)' }),
      Plot.link(lines, { x1: 'x1', x2: 'x2', y1: 'y1', y2: 'y2', stroke: 'var(--soft)' }),
      Plot.link(bars, { x1: 'x1', x2: 'x2', y1: 'y', y2: 'y', stroke: 'var(--limit)', strokeWidth: 4 }),
      Plot.text(
        labels.filter(({ left }) => left),
        { ...text, textAnchor: 'end', dx: -6 },
      ),
      Plot.text(
        labels.filter(({ left }) => !left),
        { ...text, textAnchor: 'start', dx: 6 },
      ),
      Plot.link([{ x1: first, x2: first + width, y: 0.6 }], {
        x1: 'x1',
        x2: 'x2',
        y1: 'y',
        y2: 'y',
        stroke: 'var(--ink)',
        strokeWidth: 2,
      }),
      Plot.text([`critical difference ${criticalDifference.toFixed(2)}`], {
        x: first,
        y: 0.6,
        dy: -9,
        textAnchor: 'start',
        fill: 'var(--ink)',
      }),
    ],
  });
}
