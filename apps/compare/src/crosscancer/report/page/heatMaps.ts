import { html, type Markup } from '../../../html/markup.js';
import { formatC, formatP } from '../headline.js';
import { computed, type ResultRow, type StudyReport } from '../studyReport.js';

/** Lower ends of the shades. */
const SHADES = [
  [0, 'below 0.5: worse than chance'],
  [0.5, '0.5 to 0.55'],
  [0.55, '0.55 to 0.6'],
  [0.6, '0.6 and more'],
] as const;

/** C from each source to each target, one table a method: tables can be read aloud, copied and printed. */
export function heatMaps({ methods, results, study }: StudyReport): Markup {
  const { sources, targets } = study;
  return html`<section>
    <h2>Source → target</h2>
    <p>
      Mean C-index of each method, trained on the row’s cohort and judged on the column’s. On the diagonal the
      held-out folds (in-domain, bold), elsewhere all cases. ± is half of the 95 % interval over resampled
      cases: the resolution of that number. ○: the interval holds 0.5, so it cannot be told from chance.
    </p>
    <div class="pair">
      ${methods.map(
        ({ method, cells }) =>
          html`<div class="scroll">
            <table class="heat">
              <caption>
                <b>${method}</b
                >, ${cells} runs
              </caption>
              <thead>
                <tr>
                  <th scope="col">from ↓ to →</th>
                  ${targets.map((target) => html`<th scope="col">${target}</th>`)}
                </tr>
              </thead>
              <tbody>
                ${sources.map(
                  (source) =>
                    html`<tr>
                      <th scope="row">${source}</th>
                      ${targets.map((target) =>
                        cell(
                          results.find(
                            (row) => row.method === method && row.source === source && row.target === target,
                          ),
                        ),
                      )}
                    </tr>`,
                )}
              </tbody>
            </table>
          </div>`,
      )}
    </div>
    <ul class="legend" aria-label="Shades">
      ${SHADES.map(([, text], i) => html`<li><i class="h${i}"></i>${text}</li>`)}
    </ul>
  </section>`;
}

function cell(row: ResultRow | undefined): Markup {
  if (!row) return html`<td class="blank">–</td>`;
  const { cindex, cases, events, cells, seedDeviation, logRank } = row;
  if (!computed(cindex)) return html`<td class="blank" title="${cindex.reason}">not computed</td>`;
  const { value, lower, upper, resolution } = cindex;
  const note = [
    `95 % interval ${formatC(lower)} to ${formatC(upper)}`,
    `${cells} runs, ${cases} cases, ${events} events`,
    seedDeviation === null ? undefined : `standard deviation over seeds ${formatC(seedDeviation)}`,
    computed(logRank) ? `log-rank p of risk groups ${formatP(logRank.p)}` : undefined,
  ].filter((part) => part !== undefined);
  const figure = formatC(value);
  return html`<td class="h${shadeOf(value)}" title="${note.join('\n')}">
    ${row.role === 'in-domain' ? html`<b>${figure}</b>` : figure}${lower <= 0.5 && upper >= 0.5 && ' ○'}
    <br /><small>± ${formatC(resolution)}</small>
  </td>`;
}

function shadeOf(value: number): number {
  return SHADES.findLastIndex(([from]) => value >= from);
}
