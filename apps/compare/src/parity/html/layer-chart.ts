import * as Plot from '@observablehq/plot';
import type { ParityRow, Stage } from '../report.js';
import { byComputation } from '../summary.js';
import { decades, draw, power } from '../../html/draw.js';
import type { Markup } from '../../html/markup.js';
import { errorScale, marksOf, type ErrorMark } from './marks.js';

/** Height of one tensor's line, in pixels. */
const LINE = 17;

/**
 * Error of each tensor, one line for each, in the order of computation from top to bottom; one panel for each
 * stage. A bar leads from PyTorch's error to TypeScript's, a tick marks the limit.
 */
export function layerChart(
  rows: readonly ParityRow[],
  stages: readonly Stage[],
  width: number,
  label: string,
): Markup {
  const shown = rows.filter((row) => stages.includes(row.stage)).sort(byComputation);
  const names = mergeNames(stages.map((stage) => shown.filter((row) => row.stage === stage)));
  const marks = marksOf(shown);
  const { domain, clamp } = errorScale(marks);
  const points = marks.map((mark) => ({ ...mark, x: clamp(mark.error), limitX: clamp(mark.limit) }));
  const of = (run: ErrorMark['run']) => points.filter((point) => point.run === run);
  const panel = stages.length > 1 ? { fx: 'stage' } : {};
  const spot = { ...panel, x: 'x', y: 'quantity', title: 'title' };
  const limited = of('ts').filter((point) => point.limit > 0);
  const right = of('ts').filter((point) => point.pass);
  const wrong = of('ts').filter((point) => !point.pass);
  return draw({
    width,
    height: 60 + LINE * names.length,
    marginTop: 26,
    marginRight: 18,
    marginLeft: 8 + 6.4 * Math.max(...names.map((name) => name.length)),
    ariaLabel: label,
    x: { type: 'log', domain, label: null, ticks: decades(domain), tickFormat: power, grid: true },
    y: { domain: names, label: null, tickSize: 0 },
    fx: { domain: stages, label: null, axis: 'top', padding: 0.07 },
    marks: [
      Plot.ruleY(names, { stroke: 'var(--line)', strokeOpacity: 0.6 }),
      Plot.tickX(limited, {
        ...panel,
        x: 'limitX',
        y: 'quantity',
        stroke: 'var(--limit)',
        strokeWidth: 2,
        inset: 2.5,
      }),
      Plot.link(pairs(points), {
        ...panel,
        x1: 'from',
        x2: 'to',
        y: 'quantity',
        stroke: 'var(--ts)',
        strokeOpacity: 0.35,
        strokeWidth: 3,
      }),
      Plot.dot(of('published'), { ...spot, symbol: 'diamond', r: 3.6, fill: 'var(--published)' }),
      Plot.dot(right, { ...spot, r: 3.2, fill: 'var(--ts)' }),
      Plot.dot(wrong, { ...spot, symbol: 'times', r: 4.6, stroke: 'var(--limit)', strokeWidth: 2.4 }),
      // A ring, drawn last: it stays visible around TypeScript's dot where both have the same error.
      Plot.dot(of('torch32'), { ...spot, r: 4.4, stroke: 'var(--torch)', strokeWidth: 1.8 }),
    ],
  });
}

/** All names, each stage's in its own order; a name that only one stage has stands after its predecessor there. */
function mergeNames(stages: readonly (readonly ParityRow[])[]): string[] {
  const [longest = [], ...others] = [...stages].sort((a, b) => b.length - a.length);
  const names = longest.map((row) => row.quantity);
  for (const rows of others) {
    rows.forEach((row, i) => {
      const after = names.indexOf(rows[i - 1]?.quantity ?? '');
      if (!names.includes(row.quantity)) names.splice(after + 1, 0, row.quantity);
    });
  }
  return names;
}

/** From PyTorch's error to TypeScript's. */
function pairs(points: readonly (ErrorMark & { x: number })[]) {
  const torch = new Map(
    points
      .filter((point) => point.run === 'torch32')
      .map((point) => [`${point.stage}/${point.quantity}`, point.x]),
  );
  return points
    .filter((point) => point.run === 'ts')
    .map((point) => ({ ...point, from: torch.get(`${point.stage}/${point.quantity}`), to: point.x }));
}
