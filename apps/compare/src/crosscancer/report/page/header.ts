import { html, type Markup } from '../../../html/markup.js';
import { formatCount, formatPlural } from '../../../parity/format.js';
import { formatC } from '../headline.js';
import { computed, type StudyReport } from '../studyReport.js';

/** The answer first, then what it stands on. */
export function header(report: StudyReport): Markup {
  const { study, headline } = report;
  return html`<header>
    <p class="kicker">
      <span><b>Concord</b> · cross-cancer study</span>
      <span>${study.cohorts.map(({ name }) => name).join(', ')}</span>
    </p>
    <h1>Does it carry over to another cancer?</h1>
    <p class="sentence">${headline}</p>
    ${notices(report)} ${tiles(report)}
  </header>`;
}

/** `3 seeds, 1 of 5 folds held out`. */
function runsInWords({ seeds, folds, heldOut }: StudyReport['study']): string {
  const held =
    heldOut && heldOut.length < folds ? `${heldOut.length} of ${folds} folds held out` : `${folds} folds`;
  return `${formatPlural(seeds.length, 'seed')}, ${held}`;
}

function notices({ study, cells }: StudyReport): Markup[] {
  const synthetic = study.cohorts.filter((cohort) => cohort.synthetic).map(({ name }) => name);
  const { broken, unfinished, missing } = cells;
  return [
    ...(synthetic.length > 0
      ? [
          html`<p class="notice" role="note">
            <strong>Synthetic data.</strong> At least a part of ${synthetic.join(', ')} comes from a
            generator. What rests on it shows what the methods make of a known signal; it says nothing about
            patients.
          </p>`,
        ]
      : []),
    ...((study.notes ?? []).length > 0
      ? [
          html`<div class="notice" role="note">
            <strong>To know of the data.</strong>
            <ul>
              ${study.notes!.map((note) => html`<li>${note}</li>`)}
            </ul>
          </div>`,
        ]
      : []),
    ...(broken.length > 0
      ? [
          html`<div class="notice" role="alert">
            <strong>${formatPlural(broken.length, 'broken cell')} left out.</strong>
            <ul>
              ${broken.map(({ path, problem }) => html`<li><code>${path}</code>: ${problem}</li>`)}
            </ul>
          </div>`,
        ]
      : []),
    ...(unfinished.length + missing.length > 0
      ? [
          html`<div class="notice" role="note">
            <strong>Not everything ran.</strong>
            <ul>
              ${
                unfinished.length > 0 &&
                html`<li>
                  ${formatPlural(unfinished.length, 'cell')} without a result yet, the first
                  <code>${unfinished[0]}</code>
                </li>`
              }
              ${missing.map((line) => html`<li>${line}</li>`)}
            </ul>
          </div>`,
        ]
      : []),
  ];
}

function tiles({ study, cells, methods, results, differences, againstRidge }: StudyReport): Markup {
  const tile = (name: string, value: string, note: string) =>
    html`<div>
      <dt>${name}</dt>
      <dd>${value} <small>${note}</small></dd>
    </div>`;
  const cross = new Set(
    results.filter(({ role }) => role === 'cross-domain').map(({ source, target }) => `${source} ${target}`),
  );
  const resolutions = [...againstRidge, ...differences.filter(({ source }) => source === null)]
    .flatMap(({ found }) => (computed(found) ? [found.resolution] : []))
    .sort((a, b) => a - b);
  const hours = methods.reduce((sum, { seconds }) => sum + seconds, 0) / 3600;
  return html`<dl class="tiles">
    ${tile('Runs', formatCount(cells.done), runsInWords(study))}
    ${tile('Methods', formatCount(methods.length), `${methods.filter(({ deep }) => deep).length} deep`)}
    ${tile('Pairs', formatCount(cross.size), 'source → another target')}
    ${tile(
      'Resolution',
      resolutions.length > 0 ? formatC(resolutions[resolutions.length >> 1]!) : '–',
      'smallest mean difference of C that can be told from none, median of the comparisons',
    )}
    ${tile('Training', hours < 1 ? `${(60 * hours).toFixed(0)} min` : `${hours.toFixed(1)} h`, 'all runs together')}
  </dl>`;
}
