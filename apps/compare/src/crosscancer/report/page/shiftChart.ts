import * as Plot from '@observablehq/plot';
import { draw } from '../../../html/draw.js';
import { html, type Markup } from '../../../html/markup.js';
import type { DomainShift } from '../domainShift.js';

const COLOURS = ['var(--ts)', 'var(--torch)', 'var(--published)', 'var(--limit)'];
const SYMBOLS = ['circle', 'square', 'triangle', 'diamond'] as const;

/** Colour of a cohort by its place in the study. */
export function cohortColour(place: number): string {
  return COLOURS[place % COLOURS.length]!;
}

/** Where a model puts the cases of each cohort, on the two axes along which they vary most. */
export function shiftFigure(shift: DomainShift, names: readonly string[]): Markup {
  const { cell, points, shares, distances } = shift;
  const percent = shares.map((share) => `${(100 * share).toFixed(0)} %`);
  const far = distances.map(({ cohort, distance }) => `${cohort} ${distance.toFixed(2)}`).join(', ');
  return html`<figure>
    <figcaption>
      <b>Trained on ${cell.source}</b> (seed ${cell.seed}, fold ${cell.fold}). Distance of means from
      ${cell.source}, in typical cases: ${far}.
    </figcaption>
    <div class="chart">
      ${draw({
        width: 480,
        height: 360,
        marginLeft: 48,
        ariaLabel: `Domain shift of the model trained on ${cell.source}: principal components hold ${percent.join(' and ')} of the variance; distance of means from ${cell.source}: ${far}.`,
        x: { label: `component 1, ${percent[0]}`, labelArrow: 'none' },
        y: { label: `component 2, ${percent[1]}`, labelArrow: 'none' },
        marks: names.map((cohort, i) =>
          Plot.dot(
            points.filter((point) => point.cohort === cohort),
            {
              x: 'x',
              y: 'y',
              r: 3,
              symbol: SYMBOLS[i % SYMBOLS.length]!,
              stroke: cohortColour(i),
              strokeOpacity: 0.75,
            },
          ),
        ),
      })}
    </div>
  </figure>`;
}
