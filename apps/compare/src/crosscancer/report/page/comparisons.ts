import { html, type Markup } from '../../../html/markup.js';
import { formatP } from '../headline.js';
import { computed, type DifferenceRow, type StudyReport } from '../studyReport.js';
import { withIntervalInWords } from '../words.js';
import { differenceTable, forestChart } from './forestChart.js';
import { rankChart } from './rankChart.js';

/** Mean C and mean rank of each method. */
export function ranks({ ranking, means, methods }: StudyReport): Markup {
  return html`<section>
    <h2>Which method is ahead?</h2>
    ${
      computed(ranking)
        ? html`<figure>
            <figcaption>
              <b>Mean ranks</b> over ${ranking.pairs} cross-domain pairs, 1 is best. Methods under one bar
              cannot be told apart (Nemenyi); Friedman’s p that all are the same
              ${formatP(ranking.friedman.p)}. Pairs share their targets, so that these ranks are surer of
              themselves than they should be; the intervals below are not.
            </figcaption>
            <div class="chart">${rankChart(ranking)}</div>
          </figure>`
        : html`<p>No ranks: ${ranking.reason}.</p>`
    }
    <div class="scroll">
      <table class="rows">
        <caption>
          Mean C-index over pairs with 95 % intervals over resampled cases.
        </caption>
        <thead>
          <tr>
            <th scope="col">Method</th>
            <th scope="col" class="number">Cross-domain</th>
            <th scope="col" class="number">In-domain</th>
            <th scope="col" class="number">Mean rank</th>
            <th scope="col" class="number">Parameters</th>
            <th scope="col">Stack</th>
          </tr>
        </thead>
        <tbody>
          ${means.map(
            ({ method, crossDomain, inDomain, meanRank }, i) =>
              html`<tr>
                <th scope="row">${method}</th>
                <td class="number">${withIntervalInWords(crossDomain)}</td>
                <td class="number">${withIntervalInWords(inDomain)}</td>
                <td class="number">${meanRank === null ? '–' : meanRank.toFixed(2)}</td>
                <td class="number">${methods[i]!.parameters?.toLocaleString('en-US') ?? '–'}</td>
                <td>${methods[i]!.stack}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

/** Differences to ridge Cox and to the plain backbones. */
export function differences({ differences: rows, againstRidge, ridge }: StudyReport): Markup {
  const overall = rows.filter(({ source }) => source === null);
  const methods = overall.map(({ method }) => method);
  return html`<section>
    <h2>Is a difference one?</h2>
    <p>
      The same cases and the same folds and seeds are compared. The interval holds both sources of chance:
      which patients the cohorts hold, and which cases and seeds the models were trained with. Within its
      resolution a difference is below noise. Corrected p-values are Holm’s over all rows of a table.
    </p>
    ${
      ridge !== null &&
      againstRidge.length > 0 &&
      html`<figure>
          <figcaption><b>Deep models less ${ridge}</b>, mean over cross-domain pairs.</figcaption>
          <div class="chart">
            ${forestChart(againstRidge, ({ method }) => method, `deep models less ${ridge}`)}
          </div>
        </figure>
        ${differenceTable(againstRidge, ({ method }) => method, `Deep models less ${ridge}.`)}`
    }
    ${
      overall.length > 0
        ? html`<figure>
              <figcaption><b>Modules less the plain backbone</b>, mean over cross-domain pairs.</figcaption>
              <div class="chart">
                ${forestChart(overall, ({ method }) => method, 'modules less the plain backbone')}
              </div>
            </figure>
            ${differenceTable(overall, ({ method }) => method, 'Modules less the plain backbone.')}
            <h3>Pair by pair</h3>
            ${methods.map((method, i) => byPair(method, rows, i === 0))}`
        : html`<p>No module was run beside its plain backbone.</p>`
    }
    ${
      overall.length + againstRidge.length > 0 &&
      html`<ul class="legend">
        <li><i style="background: var(--limit)"></i>corrected p below 0.05</li>
        <li><i style="background: var(--ts)"></i>not told from none</li>
      </ul>`
    }
  </section>`;
}

function byPair(method: string, rows: readonly DifferenceRow[], open: boolean): Markup {
  const own = rows.filter((row) => row.method === method && row.source !== null);
  const nameOf = ({ source, target, role }: DifferenceRow) =>
    `${source} → ${target}${role === 'in-domain' ? ' (in-domain)' : ''}`;
  const told = own.filter(({ found }) => computed(found) && found.pCorrected < 0.05).length;
  return html`<details class="subject" ${open && 'open'}>
    <summary>
      <span class="title">${method}</span>
      <span class="facts">${told} of ${own.length} pairs differ from ${own[0]?.against ?? 'plain'}</span>
    </summary>
    <div class="inside">
      <div class="chart">${forestChart(own, nameOf, `${method} less its plain backbone`)}</div>
      ${differenceTable(
        own,
        nameOf,
        'Corrected over all methods and cross-domain pairs of the study; in-domain pairs among themselves.',
      )}
    </div>
  </details>`;
}
