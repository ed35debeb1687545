import * as Plot from '@observablehq/plot';
import { htmlDocument } from '../html/document.js';
import { draw } from '../html/draw.js';
import { html, type Markup } from '../html/markup.js';
import { attritionFlow } from './attritionFlow.js';
import { censoringChart, channelChart, OUTCOME_COLOURS, overlapChart, siteChart } from './cohortCharts.js';
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
        ${legend(names.map((name, i) => [name, COLOURS[i % COLOURS.length]!]))}
      </figure>
      ${atRisk(cohorts.map(({ description }) => description))}
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

function legend(entries: readonly (readonly [name: string, colour: string])[]): Markup {
  return html`<ul class="legend">
    ${entries.map(([name, colour]) => html`<li><i style="background: ${colour}"></i>${name}</li>`)}
  </ul>`;
}

/** Numbers at risk: a curve over few cases says little. */
function atRisk(cohorts: readonly CohortDescription[]): Markup {
  const longest = Math.max(...cohorts.map(({ followUp }) => followUp.longest));
  const step = Math.max(1, Math.ceil(longest / 6 / 12)) * 12;
  const months = Array.from({ length: Math.floor(longest / step) + 1 }, (_, i) => i * step);
  return html`<div class="scroll">
    <table class="rows">
      <caption>
        Cases at risk: those still followed and free of the event at that month.
      </caption>
      <thead>
        <tr>
          <th scope="col">Cohort</th>
          ${months.map((month) => html`<th scope="col" class="number">${month} months</th>`)}
        </tr>
      </thead>
      <tbody>
        ${cohorts.map(
          ({ name, followUp }) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${months.map(
                (month) =>
                  html`<td class="number">${followUp.times.filter((time) => time >= month).length}</td>`,
              )}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
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
      <figcaption>Cases that are left after each join, and how many fell out there.</figcaption>
      <div class="chart">${attritionFlow(one.name, one.attrition)}</div>
    </figure>
    ${dropped(one)}
    <figure>
      <figcaption>
        When events were observed, and when follow-up ended without one: ${one.events} and
        ${one.cases - one.events} cases.
      </figcaption>
      <div class="chart">${censoringChart(one)}</div>
      ${legend(OUTCOME_COLOURS)}
    </figure>
    <figure>
      <figcaption>
        Tissue source sites. Cramér's V of site with event ${one.siteConfounding.event.toFixed(2)}, with time
        bin ${one.siteConfounding.bin.toFixed(2)} (0: none; corrected for the number of sites).
      </figcaption>
      <div class="chart">${siteChart(one)}</div>
      ${legend(OUTCOME_COLOURS)}
    </figure>
    <figure>
      <figcaption>
        Patch features: range (pale), standard deviation and mean of each channel over ${one.features.patches}
        patches of ${one.features.cases} cases. ${siteSentence(one)}
      </figcaption>
      <div class="chart">${channelChart(one)}</div>
    </figure>
    ${pathways(one)}
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

function siteSentence({ features: { siteShare } }: CohortDescription): string {
  if (siteShare === undefined) return '';
  const share = `${(100 * Math.max(0, siteShare)).toFixed(0)} %`;
  return `Of what differs between cases, the site explains ${share}.`;
}

/** How much of each pathway was measured; nothing where all genes are one. */
function pathways(one: CohortDescription): Markup | false {
  if (one.overlap.length === 0) return false;
  return html`<figure>
      <figcaption>How much of the ${one.overlap.length} pathways was measured.</figcaption>
      <div class="chart">${overlapChart(one)}</div>
    </figure>
    <div class="inside">
      <details>
        <summary>Measured genes of each pathway</summary>
        <ul>
          ${one.overlap.map(
            ({ name, asked, measured }) =>
              html`<li><span class="name">${name}</span>: ${measured} of ${asked}</li>`,
          )}
        </ul>
      </details>
    </div>`;
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
