import * as Plot from '@observablehq/plot';
import { draw } from '../html/draw.js';
import type { Markup } from '../html/markup.js';
import type { CohortDescription } from './describe.js';

const [EVENT, CENSORED] = ['var(--limit)', 'var(--ts)'];
const SITES = 24;

/** Colours of events and censored cases, for a legend. */
export const OUTCOME_COLOURS = [
  ['event', EVENT],
  ['censored', CENSORED],
] as const;

/** When events were observed, and when follow-up ended without one. */
export function censoringChart({ name, cases, events, followUp }: CohortDescription): Markup {
  const rows = followUp.times.map((month, i) => ({ month, event: followUp.events[i]! }));
  return draw({
    width: 860,
    height: 220,
    marginLeft: 48,
    ariaLabel: `Censoring of ${name}: ${events} events, ${cases - events} cases whose follow-up ended before one.`,
    x: { label: 'months of follow-up', labelArrow: 'none' },
    y: { label: 'cases', labelArrow: 'none', grid: true },
    marks: [
      Plot.rectY(
        rows,
        Plot.binX({ y: 'count' }, {
          x: 'month',
          thresholds: 30,
          fill: (row: (typeof rows)[number]) => (row.event ? EVENT : CENSORED),
          order: [EVENT, CENSORED],
        } as Plot.BinXInputs<Plot.RectYOptions>),
      ),
      Plot.ruleY([0]),
    ],
  });
}

/** Cases of each tissue source site, the largest first. */
export function siteChart({ name, sites }: CohortDescription): Markup {
  const shown = sites.slice(0, SITES);
  const rest = sites.slice(SITES);
  const bars = [
    ...shown.map(({ site, cases, events }) => ({ site, cases, events })),
    ...(rest.length
      ? [
          {
            site: `${rest.length} more`,
            cases: rest.reduce((sum, one) => sum + one.cases, 0),
            events: rest.reduce((sum, one) => sum + one.events, 0),
          },
        ]
      : []),
  ];
  const parts = bars.flatMap(({ site, cases, events }) => [
    { site, count: events, colour: EVENT },
    { site, count: cases - events, colour: CENSORED },
  ]);
  return draw({
    width: 860,
    height: 220,
    marginLeft: 48,
    ariaLabel: `Sites of ${name}: ${sites.length}; the largest are ${shown
      .slice(0, 3)
      .map(({ site, cases }) => `${site} with ${cases} cases`)
      .join(', ')}.`,
    x: { label: 'tissue source site', domain: bars.map(({ site }) => site), labelArrow: 'none' },
    y: { label: 'cases', labelArrow: 'none', grid: true },
    marks: [Plot.barY(parts, { x: 'site', y: 'count', fill: 'colour' }), Plot.ruleY([0])],
  });
}

/** Range, spread and mean of every channel of the patch features. */
export function channelChart({ name, features }: CohortDescription): Markup {
  const points = features.channels.map((one, i) => ({
    ...one,
    channel: i + 1,
    low: one.mean - one.sd,
    high: one.mean + one.sd,
  }));
  const bars = points.length <= 120;
  const mark = (y1: string, y2: string, opacity: number) =>
    bars
      ? Plot.ruleX(points, {
          x: 'channel',
          y1,
          y2,
          stroke: 'var(--ts)',
          strokeOpacity: opacity,
          strokeWidth: 4,
        })
      : Plot.areaY(points, { x: 'channel', y1, y2, fill: 'var(--ts)', fillOpacity: opacity });
  return draw({
    width: 860,
    height: 260,
    marginLeft: 56,
    ariaLabel: `Features of ${name}: range, mean and standard deviation of ${points.length} channels.`,
    x: { label: 'channel', labelArrow: 'none', domain: [0, points.length + 1] },
    y: { label: null, grid: true },
    marks: [
      mark('least', 'most', 0.18),
      mark('low', 'high', 0.45),
      bars
        ? Plot.dot(points, { x: 'channel', y: 'mean', r: 2.5, fill: 'var(--torch)' })
        : Plot.lineY(points, { x: 'channel', y: 'mean', stroke: 'var(--torch)', strokeWidth: 1 }),
    ],
  });
}

/** How many pathways were measured to what share. */
export function overlapChart({ name, overlap }: CohortDescription): Markup {
  const shares = overlap.map(({ asked, measured }) => ({ share: (100 * measured) / asked }));
  const least = Math.min(...shares.map(({ share }) => share));
  return draw({
    width: 860,
    height: 180,
    marginLeft: 48,
    ariaLabel: `Overlap of ${name}: ${overlap.length} pathways, of the least measured one ${least.toFixed(0)} % of the genes.`,
    x: { label: 'measured genes of a pathway, %', labelArrow: 'none', domain: [0, 100] },
    y: { label: 'pathways', labelArrow: 'none', grid: true },
    marks: [
      Plot.rectY(
        shares,
        Plot.binX({ y: 'count' }, {
          x: 'share',
          thresholds: 20,
          fill: 'var(--ts)',
        } as Plot.BinXInputs<Plot.RectYOptions>),
      ),
      Plot.ruleY([0]),
    ],
  });
}
