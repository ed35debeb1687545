import * as Plot from '@observablehq/plot';
import { htmlDocument } from '../html/document.js';
import { draw } from '../html/draw.js';
import { html, type Markup } from '../html/markup.js';
import type { CohortDescription, DescribedCohort } from './describe.js';

/** Colours of the page's style that can be told apart without red and green. */
const COLOURS = ['var(--ts)', 'var(--torch)', 'var(--published)', 'var(--limit)'];

/** Cohorts as one HTML page: survival curves beside each other, attrition and tables of each. */
export function cohortPage(cohorts: readonly DescribedCohort[]): string {
  const names = cohorts.map(({ description }) => description.name);
  const body = html`<header>
      <p class="kicker">
        <span><b>Concord</b> · cohorts</span><span>${names.join(', ')}</span>
      </p>
      <h1>${cohorts.length === 1 ? `Cohort ${names[0]!}` : `${cohorts.length} cohorts`}</h1>
    </header>
    <section>
      <h2>Survival</h2>
      <figure>
        <figcaption>Share of cases free of the event over months (Kaplan–Meier), with 95 % bands.</figcaption>
        <div class="chart">${survivalChart(cohorts)}</div>
        ${legend(names)}
      </figure>
    </section>
    ${cohorts.map(({ description }) => section(description))}`;
  return htmlDocument(`Concord cohorts: ${names.join(', ')}`, body);
}

function survivalChart(cohorts: readonly DescribedCohort[]): Markup {
  const marks = cohorts.flatMap(({ curve }, i) => {
    const steps = [...curve.times].map((month, k) => ({
      month,
      survival: curve.survival[k]!,
      lower: curve.lower[k]!,
      upper: curve.upper[k]!,
    }));
    const points = [{ month: 0, survival: 1, lower: 1, upper: 1 }, ...steps];
    const colour = COLOURS[i % COLOURS.length]!;
    return [
      Plot.areaY(points, {
        x: 'month',
        y1: 'lower',
        y2: 'upper',
        curve: 'step-after',
        fill: colour,
        fillOpacity: 0.13,
      }),
      Plot.lineY(points, { x: 'month', y: 'survival', curve: 'step-after', stroke: colour, strokeWidth: 2 }),
    ];
  });
  const said = cohorts.map(({ description: { name, medianSurvival } }) =>
    medianSurvival === null
      ? `${name}: median not reached`
      : `${name}: median ${medianSurvival.toFixed(1)} months`,
  );
  return draw({
    width: 860,
    height: 380,
    marginLeft: 48,
    ariaLabel: `Kaplan–Meier curves. ${said.join('; ')}.`,
    x: { label: 'months', labelArrow: 'none' },
    y: { domain: [0, 1], grid: true, label: null },
    marks,
  });
}

function legend(names: readonly string[]): Markup {
  return html`<ul class="legend">
    ${names.map((name, i) => html`<li><i style="background: ${COLOURS[i % COLOURS.length]!}"></i>${name}</li>`)}
  </ul>`;
}

function section(one: CohortDescription): Markup {
  const fact = (name: string, value: string | number) =>
    html`<div>
      <dt>${name}</dt>
      <dd>${value}</dd>
    </div>`;
  return html`<section>
    <h2>${one.name}</h2>
    ${
      one.synthetic.length > 0 &&
      html`<p class="notice" role="note"><strong>Synthetic:</strong> ${one.synthetic.join(', ')}.</p>`
    }
    ${
      one.leaks.length > 0 &&
      html`<p class="notice" role="alert">
        <strong>Validation is not held out.</strong>
        ${one.leaks.map(({ split, title }) => `${split}: ${title}. `)}
      </p>`
    }
    <dl class="tiles">
      ${fact('Cases', one.cases)} ${fact('Events', one.events)} ${fact('Slides', one.slides)}
      ${fact('Genes', one.genes)} ${fact('Pathways', one.pathways)}
      ${fact('Tokens, median', one.tokens.median)}
    </dl>
    <figure>
      <figcaption>Cases that are left after each join.</figcaption>
      <div class="chart">${attritionChart(one)}</div>
    </figure>
    ${dropped(one)}
    <h3>To know</h3>
    <ul class="findings">
      ${one.findings.map(
        ({ title, detail }) =>
          html`<li>
            <h3>${title}</h3>
            <p>${detail}</p>
          </li>`,
      )}
    </ul>
  </section>`;
}

function attritionChart({ name, attrition }: CohortDescription): Markup {
  const bars = attrition.map(({ step, kept, dropped: lost }, i) => ({
    step: `${i + 1}. ${step}`,
    kept,
    lost: lost.length,
  }));
  return draw({
    width: 860,
    height: 40 + 34 * bars.length,
    marginLeft: 300,
    marginRight: 70,
    ariaLabel: `Attrition of ${name}: ${attrition.map(({ step, kept }) => `${kept} after ${step}`).join(', ')}.`,
    x: { label: 'cases', labelArrow: 'none', grid: true },
    y: { label: null, domain: bars.map(({ step }) => step) },
    marks: [
      Plot.barX(bars, { y: 'step', x: 'kept', fill: 'var(--ts)', insetTop: 4, insetBottom: 4 }),
      Plot.text(bars, {
        y: 'step',
        x: 'kept',
        text: (bar: (typeof bars)[number]) => (bar.lost ? `${bar.kept} (−${bar.lost})` : String(bar.kept)),
        dx: 6,
        textAnchor: 'start',
        fill: 'currentColor',
      }),
    ],
  });
}

/** Every case that fell out, by name, folded away. */
function dropped({ attrition }: CohortDescription): Markup | false {
  const lost = attrition.filter(({ dropped: cases }) => cases.length > 0);
  if (lost.length === 0) return false;
  return html`<div class="inside">
    ${lost.map(
      ({ step, dropped: cases }) =>
        html`<details>
          <summary>${cases.length} without ${step}</summary>
          <p class="name">${cases.join(' ')}</p>
        </details>`,
    )}
  </div>`;
}
