import * as Plot from '@observablehq/plot';
import { kaplanMeier } from '@concord/survival';
import { draw } from '../../../html/draw.js';
import { html, type Markup } from '../../../html/markup.js';
import { formatP } from '../headline.js';
import type { Pair } from '../differences.js';
import type { Method } from '../method.js';
import { riskGroups } from '../riskGroups.js';
import { computed } from '../studyReport.js';

/** Colours of the two halves, for a legend. */
export const GROUP_COLOURS = [
  ['higher risk', 'var(--limit)'],
  ['lower risk', 'var(--ts)'],
] as const;

/** Kaplan–Meier curves of the two halves by risk, with bands and the log-rank test. */
export function survivalFigure(method: Method, pair: Pair): Markup {
  const groups = riskGroups(method, pair);
  const title = `${pair.source} → ${pair.target}`;
  if (!computed(groups)) {
    return html`<figure>
      <figcaption><b>${title}</b>: not computed, ${groups.reason}.</figcaption>
    </figure>`;
  }
  const halves = [groups.high, groups.low].map((followUp, i) => {
    const [name, colour] = GROUP_COLOURS[i]!;
    const curve = kaplanMeier(followUp);
    const steps = [...curve.times].map((month, k) => ({
      month,
      survival: curve.survival[k]!,
      lower: curve.lower[k]!,
      upper: curve.upper[k]!,
    }));
    const events = Array.from(followUp.events).filter(Boolean).length;
    const points = [{ month: 0, survival: 1, lower: 1, upper: 1 }, ...steps];
    const median = Number.isFinite(curve.median) ? `${curve.median.toFixed(1)} months` : 'not reached';
    return { name, colour, points, cases: followUp.times.length, events, median };
  });
  const p = computed(groups.test)
    ? `log-rank p ${formatP(groups.test.p)}`
    : `no log-rank test, ${groups.test.reason}`;
  const said = halves.map(({ name, median }) => `${name}: median ${median}`).join('; ');
  const counts = halves
    .map(({ name, cases, events }) => `${name} ${cases} cases, ${events} events`)
    .join('; ');
  return html`<figure>
    <figcaption><b>${title}</b> · ${p}. ${counts}.</figcaption>
    <div class="chart">
      ${draw({
        width: 480,
        height: 230,
        marginLeft: 40,
        ariaLabel: `Kaplan–Meier curves of ${method.name}, ${title}. ${said}; ${p}.`,
        x: { label: 'months', labelArrow: 'none' },
        y: { domain: [0, 1], grid: true, label: null },
        marks: halves.flatMap(({ colour, points }) => [
          Plot.areaY(points, {
            x: 'month',
            y1: 'lower',
            y2: 'upper',
            curve: 'step-after',
            fill: colour,
            fillOpacity: 0.13,
          }),
          Plot.lineY(points, {
            x: 'month',
            y: 'survival',
            curve: 'step-after',
            stroke: colour,
            strokeWidth: 2,
          }),
        ]),
      })}
    </div>
  </figure>`;
}
