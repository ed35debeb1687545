import * as Plot from '@observablehq/plot';
import type { ParityRow, Stage } from '../report.js';
import { decades, draw, power } from '../../html/draw.js';
import type { Markup } from '../../html/markup.js';
import { errorScale, marksOf, type ErrorMark } from './marks.js';

/**
 * Error of each weight over optimiser steps: TypeScript and PyTorch as fine lines, and, drawn strongly, the
 * weight that ends nearest to its limit. Nothing where there are fewer than two points to join.
 */
export function growthChart(rows: readonly ParityRow[], width: number, label: string): Markup | undefined {
  const steps = rows.filter((row) => row.stage.startsWith('step '));
  const taken = [...new Set(steps.map((row) => stepOf(row.stage)))].sort((a, b) => a - b);
  if (taken.length < 2) return undefined;
  const marks = marksOf(steps);
  const { domain, clamp } = errorScale(marks);
  const points = marks.map((mark) => ({
    ...mark,
    x: stepOf(mark.stage),
    y: clamp(mark.error),
    limitY: clamp(mark.limit),
  }));
  const of = (run: ErrorMark['run']) => points.filter((point) => point.run === run);
  const nearest = nearestToLimit(rows);
  const bold = (run: ErrorMark['run']) => of(run).filter((point) => point.quantity === nearest);
  const fine = { x: 'x', y: 'y', z: 'quantity', strokeOpacity: 0.28, strokeWidth: 1 };
  const strong = { x: 'x', y: 'y', strokeWidth: 2.4 };
  const spot = { x: 'x', y: 'y', r: 3.8, title: 'title' };
  return draw({
    width,
    height: 417,
    marginTop: 14,
    marginRight: 34,
    marginBottom: 40,
    marginLeft: 48,
    ariaLabel: label,
    x: {
      type: 'log',
      domain: [taken[0]!, taken.at(-1)!],
      ticks: taken,
      tickFormat: 'd',
      label: 'optimiser steps taken',
      labelArrow: 'none',
      labelAnchor: 'center',
    },
    y: { type: 'log', domain, label: null, ticks: decades(domain), tickFormat: power, grid: true },
    marks: [
      Plot.line(of('torch32'), { ...fine, stroke: 'var(--torch)' }),
      Plot.line(of('ts'), { ...fine, stroke: 'var(--ts)' }),
      Plot.line(bold('ts'), {
        x: 'x',
        y: 'limitY',
        stroke: 'var(--limit)',
        strokeWidth: 1.8,
        strokeDasharray: '5 4',
      }),
      Plot.line(bold('published'), { ...strong, stroke: 'var(--published)' }),
      Plot.dot(bold('published'), { ...spot, symbol: 'diamond', fill: 'var(--published)' }),
      Plot.line(bold('torch32'), { ...strong, stroke: 'var(--torch)' }),
      Plot.line(bold('ts'), { ...strong, stroke: 'var(--ts)' }),
      Plot.dot(bold('ts'), { ...spot, fill: 'var(--ts)' }),
      Plot.dot(bold('torch32'), { ...spot, r: 4.4, stroke: 'var(--torch)', strokeWidth: 1.8 }),
    ],
  });
}

/** The weight whose error, after the last step, is the largest part of its limit. */
export function nearestToLimit(rows: readonly ParityRow[]): string | undefined {
  let most: ParityRow | undefined;
  for (const row of rows) {
    if (!row.stage.startsWith('step ')) continue;
    const later = most ? stepOf(row.stage) - stepOf(most.stage) : 1;
    if (!most || later > 0 || (later === 0 && row.ratio > most.ratio)) most = row;
  }
  return most?.quantity;
}

/** k of the stage `step k`. */
function stepOf(stage: Stage): number {
  return Number(stage.slice('step '.length));
}
