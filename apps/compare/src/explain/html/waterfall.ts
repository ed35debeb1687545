import * as Plot from '@observablehq/plot';
import { formatC } from '../../crosscancer/report/headline.js';
import { draw } from '../../html/draw.js';
import type { Markup } from '../../html/markup.js';
import type { Explanation } from '../explanation.js';
import { signed } from '../words.js';

/** One bar: where it begins and ends. A run is a point. */
interface Bar {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly kind: 'run' | 'up' | 'down';
  readonly said: string;
}

/** From the C-index of A, part by part, to that of B; nothing where there are no parts. */
export function waterfall(explanation: Explanation): Markup | false {
  const bars = barsOf(explanation);
  if (bars.length < 3) return false;
  const parts = bars.filter(({ kind }) => kind !== 'run').map(({ name, said }) => `${name} ${said}`);
  const [first, last] = [bars[0]!, bars.at(-1)!];
  const ends = bars.flatMap(({ from, to }) => [from, to]);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const room = Math.max(0.01, 0.16 * (high - low));
  const domain = [low - room, high + room] as const;
  const runs = bars.filter(({ kind }) => kind === 'run');
  const steps = bars.slice(1).map((bar, i) => ({ at: bars[i]!.to, y1: bars[i]!.name, y2: bar.name }));
  const names = 24 + 7 * Math.max(...bars.map(({ name }) => name.length));
  return draw({
    width: names + 560,
    height: 70 + 34 * bars.length,
    marginLeft: names,
    marginBottom: 44,
    marginRight: 60,
    ariaLabel: `Waterfall, from the C-index of A, ${first.said}, to that of B, ${last.said}: ${parts.join(', ')}.`,
    x: { domain, label: 'C-index', labelArrow: 'none', labelAnchor: 'center', grid: true, ticks: 6 },
    y: { label: null, type: 'band', domain: bars.map(({ name }) => name), padding: 0.28 },
    marks: [
      Plot.link(steps, {
        x1: 'at',
        x2: 'at',
        y1: 'y1',
        y2: 'y2',
        stroke: 'var(--soft)',
        strokeDasharray: '2,3',
      }),
      Plot.barX(
        bars.filter(({ kind }) => kind !== 'run'),
        {
          x1: (bar: Bar) => Math.min(bar.from, bar.to),
          x2: (bar: Bar) => Math.max(bar.from, bar.to),
          y: 'name',
          fill: (bar: Bar) => (bar.kind === 'up' ? 'var(--ts)' : 'var(--limit)'),
          rx: 2,
        },
      ),
      Plot.dot(runs, { x: 'to', y: 'name', r: 6, fill: 'var(--ink)' }),
      Plot.text(bars, {
        x: (bar: Bar) => Math.max(bar.from, bar.to),
        y: 'name',
        text: 'said',
        textAnchor: 'start',
        dx: 10,
        fill: 'var(--ink)',
        fontWeight: 600,
      }),
    ],
  });
}

function barsOf({ a, b, parts }: Explanation): Bar[] {
  const start = a.reported ?? a.cindex;
  const end = b.reported ?? b.cindex;
  if (start === null || end === null) return [];
  const bars: Bar[] = [{ name: 'A', from: start, to: start, kind: 'run', said: formatC(start) }];
  let at = start;
  for (const { name, share } of parts) {
    bars.push({ name, from: at, to: at + share, kind: share >= 0 ? 'up' : 'down', said: signed(share) });
    at += share;
  }
  return [...bars, { name: 'B', from: end, to: end, kind: 'run', said: formatC(end) }];
}
