import { html, type Markup } from '../../html/markup.js';
import type { Cell, Evidence } from '../claim.js';
import { formatCell, formatShort, tensorRows } from '../formatEvidence.js';

/** One piece of evidence: a sentence, a table, or a block of numbers or text. */
export function evidenceMarkup(evidence: Evidence): Markup {
  const short = formatShort(evidence);
  if (short !== undefined) return html`<p>${short}</p>`;
  if ('table' in evidence) return tableMarkup(evidence.name, evidence.table);
  if ('tensor' in evidence) {
    const { shape, values } = evidence.tensor;
    return block(`${evidence.name} [${shape.join(', ')}]`, tensorRows(shape, values).join('\n'));
  }
  return block(evidence.name, 'text' in evidence ? evidence.text : '');
}

function block(name: string, text: string): Markup {
  return html`<h3>${name}</h3>
    <pre>${text}</pre>`;
}

function tableMarkup(
  name: string,
  { columns, rows }: { readonly columns: readonly string[]; readonly rows: readonly (readonly Cell[])[] },
): Markup {
  const numeric = (i: number) => rows.every((row) => typeof row[i] === 'number') && 'number';
  return html`<div class="scroll">
    <table class="rows">
      <caption>
        ${name}
      </caption>
      <thead>
        <tr>
          ${columns.map((title, i) => html`<th scope="col" class="${numeric(i)}">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((value, i) => html`<td class="${numeric(i)}">${formatCell(value)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
