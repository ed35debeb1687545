import { html, type Markup } from '../../../html/markup.js';
import { judgedOf } from '../estimate.js';
import { domainShift } from '../domainShift.js';
import type { Pair } from '../differences.js';
import type { Method } from '../method.js';
import { computed, type StudyReport } from '../studyReport.js';
import { learningChart, strokeOf } from './learningChart.js';
import { cohortColour, shiftFigure } from './shiftChart.js';
import { GROUP_COLOURS, survivalFigure } from './survivalChart.js';

/** The deep method with the highest mean cross-domain C, or the best of all where there is no deep one. */
export function shownMethod(report: StudyReport, methods: readonly Method[]): Method {
  const c = ({ name }: Method) => {
    const row = report.means.find(({ method }) => method === name)!;
    const mean = computed(row.crossDomain) ? row.crossDomain : row.inDomain;
    return computed(mean) ? mean.value : -1;
  };
  const deep = methods.filter((method) => method.deep);
  return (deep.length > 0 ? deep : [...methods]).reduce((a, b) => (c(b) > c(a) ? b : a));
}

/** Kaplan–Meier curves by risk group. */
export function survival(shown: readonly Method[], pairs: readonly Pair[]): Markup {
  return html`<section>
    <h2>Who lives longer?</h2>
    <p>
      Each target’s cases are split at the median of their own predicted risk, which looks at no outcome and
      does not depend on a shift of risks between cohorts; a case’s risk is its mean rank over runs. Shares of
      cases free of the event over months with 95 % bands. The first method is shown because its mean C is the
      highest of the deep ones, so its p-values, which are not corrected, flatter it.
    </p>
    <ul class="legend">
      ${GROUP_COLOURS.map(([name, colour]) => html`<li><i style="background: ${colour}"></i>${name}</li>`)}
    </ul>
    ${shown.map((method, i) => {
      const own = pairs.filter(({ source, target, role }) =>
        method.cells.some((cell) => cell.source === source && judgedOf(cell, target, role)),
      );
      return html`<details class="subject" ${i === 0 && 'open'}>
        <summary>
          <span class="title">${method.name}</span><span class="facts">${own.length} pairs</span>
        </summary>
        <div class="inside pair">${own.map((pair) => survivalFigure(method, pair))}</div>
      </details>`;
    })}
  </section>`;
}

/** Learning curves, a pair of charts for each backbone. */
export function learning(methods: readonly Method[]): Markup {
  const backbones = [...new Set(methods.filter(({ deep }) => deep).map(({ backbone }) => backbone))];
  const drawn = backbones.flatMap((backbone) => {
    const own = methods.filter((method) => method.backbone === backbone);
    const loss = learningChart(own, 'loss', backbone);
    const validation =
      learningChart(own, 'validationCindex', backbone) || learningChart(own, 'validationLoss', backbone);
    return loss ? [{ backbone, own, charts: validation ? [loss, validation] : [loss] }] : [];
  });
  return html`<section>
    <h2>Did they learn?</h2>
    ${drawn.length === 0 && html`<p>No run wrote a learning curve.</p>`}
    ${drawn.map(
      ({ backbone, own, charts }) =>
        html`<figure>
          <figcaption><b>${backbone}</b>, mean over its runs.</figcaption>
          <div class="pair">${charts.map((chart) => html`<div class="chart">${chart}</div>`)}</div>
          <ul class="legend">
            ${own.map(({ name }, i) => {
              const { colour, dash } = strokeOf(i);
              return html`<li>
                <svg width="26" height="8" aria-hidden="true">
                  <line
                    x2="26"
                    y1="4"
                    y2="4"
                    stroke="${colour}"
                    stroke-width="2"
                    stroke-dasharray="${dash}"
                  />
                </svg>
                ${name}
              </li>`;
            })}
          </ul>
        </figure>`,
    )}
  </section>`;
}

/** How far cohorts lie apart inside a model, one picture for each source. */
export function shift(method: Method, cohorts: readonly string[], sources: readonly string[]): Markup {
  const cells = sources.flatMap(
    (source) => method.cells.find((cell) => cell.source === source && cell.embeddings !== undefined) ?? [],
  );
  return html`<section>
    <h2>How far do cohorts lie apart?</h2>
    ${
      cells.length === 0
        ? html`<p>No run of ${method.name} kept its embeddings.</p>`
        : html`<p>
              Pooled embeddings of ${method.name} before its head, on their first two principal components (at
              most 150 cases of each cohort are drawn). A distance of 1 between means is as far as a typical
              case lies from the mean of its own cohort.
            </p>
            <ul class="legend">
              ${cohorts.map(
                (name, i) => html`<li><i style="background: ${cohortColour(i)}"></i>${name}</li>`,
              )}
            </ul>
            <div class="pair">
              ${cells.map((cell) => {
                const found = domainShift(cell);
                return computed(found)
                  ? shiftFigure(found, cohorts)
                  : html`<p>Trained on ${cell.source}: no picture, ${found.reason}.</p>`;
              })}
            </div>`
    }
  </section>`;
}
