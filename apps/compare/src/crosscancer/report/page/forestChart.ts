import * as Plot from '@observablehq/plot';
import { draw } from '../../../html/draw.js';
import { html, type Markup } from '../../../html/markup.js';
import { formatC } from '../headline.js';
import { computed, type DifferenceRow } from '../studyReport.js';
import { bothInWords, differenceInWords, worthInWords } from '../words.js';

/** Differences of C with their intervals, and the line of no difference; nothing where none was computed. */
export function forestChart(
  rows: readonly DifferenceRow[],
  nameOf: (row: DifferenceRow) => string,
  what: string,
): Markup | false {
  const marks = rows.flatMap((row) =>
    computed(row.found) ? [{ name: nameOf(row), ...row.found, told: row.found.pCorrected < 0.05 }] : [],
  );
  if (marks.length === 0) return false;
  const said = marks.map(({ name, difference }) => `${name} ${formatC(difference)}`);
  const reach = 1.08 * Math.max(0.01, ...marks.flatMap(({ lower, upper }) => [-lower, upper]));
  const colour = (mark: (typeof marks)[number]) => (mark.told ? 'var(--limit)' : 'var(--ts)');
  const names = 20 + 6.5 * Math.max(...marks.map(({ name }) => name.length));
  return draw({
    width: names + 440,
    height: 74 + 24 * marks.length,
    marginBottom: 44,
    marginLeft: names,
    ariaLabel: `Forest plot, ${what}: ${said.join(', ')}.`,
    x: {
      label: 'difference of C',
      labelArrow: 'none',
      labelAnchor: 'center',
      grid: true,
      domain: [-reach, reach],
      ticks: 5,
    },
    y: { label: null, domain: marks.map(({ name }) => name), type: 'band' },
    marks: [
      Plot.ruleX([0], { stroke: 'var(--soft)' }),
      Plot.link(marks, {
        x1: 'lower',
        x2: 'upper',
        y1: 'name',
        y2: 'name',
        stroke: colour,
        strokeWidth: 2,
      }),
      Plot.dot(marks, { x: 'difference', y: 'name', r: 4.5, fill: colour, title: 'verdict' }),
    ],
  });
}

/** The same differences as a table, with what each is worth. */
export function differenceTable(
  rows: readonly DifferenceRow[],
  nameOf: (row: DifferenceRow) => string,
  caption: string,
): Markup {
  return html`<div class="scroll">
    <table class="rows">
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col" class="number">C</th>
          <th scope="col" class="number">Difference (95 %)</th>
          <th scope="col">Worth</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              <th scope="row">${nameOf(row)}</th>
              <td class="number">${bothInWords(row)}</td>
              <td class="number">${differenceInWords(row)}</td>
              <td>${worthInWords(row)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
