import { html, type Markup } from '../../../html/markup.js';
import { formatCount } from '../../../parity/format.js';
import { formatC } from '../headline.js';
import type { StudyReport } from '../studyReport.js';
import { table } from './table.js';

/** What a planted signal allows, and what was reached; nothing where nothing was planted. */
export function planted({ planted: rows }: StudyReport): Markup | false {
  return (
    rows.length > 0 &&
    html`<section>
      <h2>What the planted signal allows</h2>
      ${table(
        'C-index of the planted risk itself, and the best that any method reached (the best of many flatters itself).',
        ['Cohort', 'Planted', 'Best in-domain', 'Best cross-domain'],
        rows.map((row) => [
          row.cohort,
          formatC(row.planted),
          row.inDomain ? `${formatC(row.inDomain.value)}, ${row.inDomain.method}` : '–',
          row.crossDomain
            ? `${formatC(row.crossDomain.value)}, ${row.crossDomain.method} from ${row.crossDomain.source}`
            : '–',
        ]),
      )}
    </section>`
  );
}

/** Runs that both stacks made; nothing where there are none. */
export function stacks({ stacks: rows }: StudyReport): Markup | false {
  const gap = (value: number | null) => (value === null ? '–' : value === 0 ? '0' : value.toExponential(1));
  return (
    rows.length > 0 &&
    html`<section>
      <h2>TypeScript beside PyTorch</h2>
      ${table(
        'Runs that both stacks made: the largest distance of their losses over epochs, and of their C-indices over targets.',
        ['Run', 'Loss', 'C-index'],
        rows.map(({ method, source, seed, fold, lossGap, cindexGap }) => [
          `${method}, ${source}, seed ${seed}, fold ${fold}`,
          gap(lossGap),
          gap(cindexGap),
        ]),
      )}
    </section>`
  );
}

/** What it stood on, and how to run it again. */
export function about({ study, settings }: StudyReport): Markup {
  const { cohorts, seeds, folds, epochs, protocol, environment, command } = study;
  return html`<section>
    <h2>What it stood on</h2>
    ${table(
      `Seeds ${seeds.join(', ')}; ${folds} folds; ${epochs} epochs; ${formatCount(settings.resamples)} resamples from seed ${settings.seed}.`,
      ['Cohort', 'Cases', 'Events', 'Genes', 'Histology', 'Synthetic'],
      cohorts.map(({ name, cases, events, genes, histology, synthetic }) => [
        name,
        formatCount(cases),
        formatCount(events),
        inWords(genes),
        inWords(histology),
        synthetic ? 'yes' : 'no',
      ]),
    )}
    ${cohorts.map(({ name, digests }) =>
      facts(
        `Digests of ${name}`,
        Object.entries(digests).map(([file, digest]) => [file, digest]),
      ),
    )}
    ${facts('Protocol', entries(protocol))} ${facts('Environment', entries(environment))}
    <h2>Run it again</h2>
    <pre><code>${command}</code></pre>
  </section>`;
}

function facts(title: string, rows: readonly (readonly [string, string])[]): Markup | false {
  return (
    rows.length > 0 &&
    html`<h3>${title}</h3>
      <table class="facts-table">
        <tbody>
          ${rows.map(
            ([name, value]) =>
              html`<tr>
                <th scope="row">${name}</th>
                <td class="name">${value}</td>
              </tr>`,
          )}
        </tbody>
      </table>`
  );
}

function entries(value: unknown): [string, string][] {
  if (value === undefined || value === null) return [];
  if (typeof value !== 'object' || Array.isArray(value)) return [['', inWords(value)]];
  return Object.entries(value).map(([name, one]) => [name, inWords(one)]);
}

function inWords(value: unknown): string {
  if (value === undefined || value === null || value === false) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
