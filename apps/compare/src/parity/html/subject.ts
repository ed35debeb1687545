import { formatCount, formatPlural, formatRatio, formatSubject } from '../format.js';
import type { ParityReport, ParityRow, Stage, SubjectVerdict } from '../report.js';
import { rowsOf } from '../summary.js';
import { growthChart, nearestToLimit } from './growth-chart.js';
import { classOf } from './header.js';
import { layerChart } from './layer-chart.js';
import { html, type Markup } from '../../html/markup.js';
import { anchorOf } from './overview.js';
import { rowTable } from './table.js';

/** One subject: two charts along the passes, one over the steps, and every number in a table. */
export function subjectSection(verdict: SubjectVerdict, report: ParityReport, open: boolean): Markup {
  const rows = rowsOf(verdict, report.subjects);
  return html`<details class="subject" id="${anchorOf(verdict)}" ${open && html`open`}>
    <summary>
      <span class="title">${formatSubject(verdict)}</span>
      <span class="word ${classOf(verdict.status)}">${verdict.status.toUpperCase()}</span>
      <span class="facts">${facts(verdict)}</span>
    </summary>
    <div class="inside">
      ${verdict.reason && html`<p>${verdict.reason}</p>`}
      ${rows.length > 0 && [charts(verdict, rows), rowTable(verdict, rows)]}
    </div>
  </details>`;
}

function facts({ status, passed, failed, worstRatio, seconds }: SubjectVerdict): string {
  if (status === 'not compared') return '';
  const counted = `${formatCount(passed)} of ${formatPlural(passed + failed, 'quantity', 'quantities')}`;
  return [counted, `worst ratio ${formatRatio(worstRatio)}`, seconds && `${seconds.toFixed(1)} s`]
    .filter(Boolean)
    .join(' · ');
}

function charts(verdict: SubjectVerdict, rows: readonly ParityRow[]): Markup {
  const name = formatSubject(verdict);
  const forward = present(rows, ['evaluation', 'training']);
  const gradients = present(rows, ['gradient']);
  const growth = growthChart(rows, 490, `Error of each weight of ${name} over optimiser steps`);
  return html`
    ${
      forward.length > 0 &&
      figure(
        'Forward pass',
        `Error of each tensor in the order of computation, relative to its scale. Left is nearer to the float64 oracle; a run without error stands at the left edge.`,
        layerChart(rows, forward, 1020, `Error of each tensor of ${name} along the forward pass`),
        legend(rows),
      )
    }
    <div class="pair">
      ${
        gradients.length > 0 &&
        figure(
          'Gradients',
          'Error of each weight’s gradient, from the loss backwards.',
          layerChart(rows, gradients, 490, `Error of each gradient of ${name}`),
        )
      }
      ${
        growth &&
        figure(
          'Growth over optimiser steps',
          html`Error of every weight, as fine lines. Drawn strongly: the one that ends with the largest share
            of its limit (dashed), <code>${nearestToLimit(rows)}</code>.`,
          growth,
        )
      }
    </div>
  `;
}

function present(rows: readonly ParityRow[], stages: readonly Stage[]): Stage[] {
  return stages.filter((stage) => rows.some((row) => row.stage === stage));
}

function figure(title: string, text: string | Markup, chart: Markup, key?: Markup): Markup {
  return html`<figure>
    <figcaption><b>${title}.</b> <span class="soft">${text}</span> ${key}</figcaption>
    <div class="chart">${chart}</div>
  </figure>`;
}

function legend(rows: readonly ParityRow[]): Markup {
  const item = (text: string, shape: Markup) =>
    html`<li><svg width="16" height="14" viewBox="-8 -7 16 14" aria-hidden="true">${shape}</svg>${text}</li>`;
  return html`<ul class="legend">
    ${item('TypeScript', html`<circle r="4" fill="var(--ts)" />`)}
    ${item('PyTorch float32', html`<circle r="3.6" fill="none" stroke="var(--torch)" stroke-width="2" />`)}
    ${
      rows.some((row) => row.errorPublished !== undefined) &&
      item('published class', html`<path d="M0-5.5 4 0 0 5.5-4 0Z" fill="var(--published)" />`)
    }
    ${item('limit', html`<path d="M0-6V6" stroke="var(--limit)" stroke-width="2.4" />`)}
    ${
      rows.some((row) => !row.pass) &&
      item('beyond the limit', html`<path d="M-4-4 4 4M-4 4 4-4" stroke="var(--limit)" stroke-width="2.6" />`)
    }
  </ul>`;
}
