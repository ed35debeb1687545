import { html, type Markup } from '../../../html/markup.js';

/** Rows with a name and numbers, in a box that scrolls where the page is narrow. */
export function table(
  caption: string,
  titles: readonly string[],
  rows: readonly (readonly string[])[],
): Markup {
  return html`<div class="scroll">
    <table class="rows">
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${titles.map((title) => html`<th scope="col">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([first, ...others]) =>
            html`<tr>
              <th scope="row">${first}</th>
              ${others.map((text) => html`<td>${text}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
