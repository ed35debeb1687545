import { formatRatio, formatSubject } from '../format.js';
import type { ParityReport, ParityRow, Stage, Subject } from '../report.js';
import { rowsOf, stagesOf, worst } from '../summary.js';
import { html, type Markup } from '../../html/markup.js';

/** Address of a subject's section within the page. */
export function anchorOf({ backbone, variant, witness }: Subject): string {
  return `${backbone}-${variant}-${witness}`;
}

/**
 * Heat map of subjects and stages: the worst ratio of each, as a number on a shade. A table, so that it can be
 * read aloud, copied and printed.
 */
export function overview({ verdicts, subjects, settings }: ParityReport): Markup {
  const stages = stagesOf(subjects);
  return html`<section>
    <h2>Overview</h2>
    <div class="scroll">
      <table class="heat">
        <caption>
          Worst ratio of each subject at each stage: TypeScript’s error over the yardstick, which is PyTorch’s
          own float32 error. 1 means as far from the float64 oracle as PyTorch is; above ${settings.factor} is
          a difference.
        </caption>
        <thead>
          <tr>
            <th scope="col">Subject</th>
            ${stages.map((stage) => html`<th scope="col">${stage}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${verdicts.map(
            (verdict) =>
              html`<tr>
                <th scope="row"><a href="#${anchorOf(verdict)}">${formatSubject(verdict)}</a></th>
                ${
                  verdict.status === 'not compared'
                    ? html`<td class="blank" colspan="${Math.max(1, stages.length)}">not compared</td>`
                    : cells(rowsOf(verdict, subjects), stages)
                }
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <ul class="legend" aria-label="Shades">
      ${shades(settings.factor).map((text, i) => html`<li><i class="h${i}"></i>${text}</li>`)}
    </ul>
  </section>`;
}

function cells(rows: readonly ParityRow[], stages: readonly Stage[]): Markup[] {
  return stages.map((stage) => {
    const here = rows.filter((row) => row.stage === stage);
    if (here.length === 0) return html`<td class="blank">–</td>`;
    const ratio = worst(here);
    const failed = here.filter((row) => !row.pass).length;
    const note = `${here.length - failed} of ${here.length} quantities agree`;
    return html`<td class="h${shadeOf(ratio, failed > 0)}" title="${note}">
      ${failed > 0 && '✕ '}${formatRatio(ratio)}
    </td>`;
  });
}

function shadeOf(ratio: number, fails: boolean): number {
  if (fails) return 4;
  return ratio <= 0.5 ? 0 : ratio <= 1 ? 1 : ratio <= 2 ? 2 : 3;
}

function shades(factor: number): string[] {
  return [
    'at most ½',
    'at most 1: as near as PyTorch',
    'at most 2',
    `at most ${factor}: within the limit`,
    '✕ a difference',
  ];
}
