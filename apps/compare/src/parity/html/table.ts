import { formatError, formatIndex, formatPlural, formatRatio, formatSubject } from '../format.js';
import type { ParityRow, Subject } from '../report.js';
import { byComputation } from '../summary.js';
import { html, type Markup } from '../../html/markup.js';

/** Every quantity of a subject, in the order of computation; folded away, sorted by a click on a heading. */
export function rowTable(subject: Subject, rows: readonly ParityRow[]): Markup {
  const published = rows.some((row) => row.errorPublished !== undefined);
  const ordered = [...rows].sort(byComputation);
  return html`<details>
    <summary>All ${formatPlural(rows.length, 'quantity', 'quantities')} in a table</summary>
    <div class="scroll">
      <table class="rows">
        <caption>
          ${formatSubject(subject)}: errors relative to the scale, the largest finite value of the oracle. The
          order is that of computation.
        </caption>
        <thead>
          <tr>
            ${heading('#', true)} ${heading('Stage')} ${heading('Quantity')} ${heading('Shape')}
            ${heading('Scale', true)} ${heading('TypeScript', true)} ${heading('PyTorch float32', true)}
            ${published && heading('Published', true)} ${heading('Limit', true)} ${heading('Ratio', true)}
            ${heading('Verdict')}
          </tr>
        </thead>
        <tbody>
          ${ordered.map((row, i) => line(row, i, published))}
        </tbody>
      </table>
    </div>
  </details>`;
}

function heading(text: string, number = false): Markup {
  return html`<th scope="col" class="${number && 'number'}"><button type="button">${text}</button></th>`;
}

function line(row: ParityRow, i: number, published: boolean): Markup {
  const size = row.shape.reduce((product, length) => product * length, 1);
  return html`<tr class="${!row.pass && 'fails'}">
    <td class="number">${i + 1}</td>
    <td data-value="${i}">${row.stage}</td>
    <td>
      <span class="name">${row.quantity}</span>
      ${row.kind !== 'real' && html`<span class="soft">${row.kind}</span>`}
      ${row.reason && html`<span class="why">${row.reason}</span>`}
    </td>
    <td data-value="${size}">${formatIndex(row.shape)}</td>
    ${error(row.scale)} ${error(row.errorTs)} ${error(row.errorTorch32)}
    ${published && (row.errorPublished === undefined ? html`<td class="number" data-value="-1">–</td>` : error(row.errorPublished))}
    ${row.kind === 'exact' ? html`<td class="number" data-value="0">exact</td>` : error(row.limit)}
    <td class="number" data-value="${row.ratio}">${formatRatio(row.ratio)}</td>
    <td>${row.pass ? 'agrees' : '✕ differs'}${!row.pass && row.at && ` at ${formatIndex(row.at)}`}</td>
  </tr>`;
}

function error(value: number): Markup {
  return html`<td class="number" data-value="${value}">${formatError(value)}</td>`;
}
