import { evidenceMarkup } from '../../audit/html/evidence.js';
import { htmlDocument } from '../../html/document.js';
import { html, type Markup } from '../../html/markup.js';
import { formatPlural } from '../../parity/format.js';
import { SCRIPT } from '../../parity/html/script.js';
import type { CheckReport } from '../checkReport.js';
import type { CheckedRun, CheckResult } from '../runChecks.js';

/** The report as one HTML page that needs nothing else; the evidence of a check is a click away. */
export function renderCheckPage(report: CheckReport): string {
  const body = html`${header(report)} ${problems(report)} ${report.runs.map(section)}`;
  return htmlDocument(`${formatPlural(report.runs.length, 'run')} · Concord check`, body, SCRIPT);
}

function header({ summary, runs, date, command }: CheckReport): Markup {
  const { found, 'not found': not, 'cannot be judged': cannot } = summary;
  const tile = (name: string, value: number, more: string) =>
    html`<div>
      <dt>${name}</dt>
      <dd>${value}<small>${more}</small></dd>
    </div>`;
  return html`<header>
    <p class="kicker">
      <span><b>Concord</b> · check</span><span>${date.slice(0, 10)}</span>
    </p>
    <h1 class="verdict ${found > 0 ? 'differs' : runs.length > 0 ? 'same' : 'not-compared'}">
      ${found > 0 ? 'FOUND' : runs.length > 0 ? 'NOTHING FOUND' : 'NOT CHECKED'}
    </h1>
    <p class="sentence">
      ${formatPlural(runs.length, 'run')}, looked at for mistakes that the files themselves show. What they do
      not show is not guessed.
    </p>
    <dl class="tiles">
      ${tile('Found', found, 'with numbers, cases, lines')} ${tile('Not there', not, 'the files show it')}
      ${tile('Cannot be judged', cannot, 'the file that would help is named')}
    </dl>
    <p class="soft">Made with <code>${command}</code>.</p>
  </header>`;
}

function problems({ problems }: CheckReport): Markup | false {
  return (
    problems.length > 0 &&
    html`<div class="notice" role="alert">
      <strong>${formatPlural(problems.length, 'folder')} not read.</strong>
      <ul>
        ${problems.map(({ where, problem }) => html`<li><span class="name">${where}</span>: ${problem}</li>`)}
      </ul>
    </div>`
  );
}

function section({ folder, read, unused, checks }: CheckedRun): Markup {
  return html`<section>
    <h2>${folder}</h2>
    <p class="soft">${read.join(' · ')}</p>
    ${
      unused.length > 0 &&
      html`<ul>
        ${unused.map(({ file, why }) => html`<li><span class="name">${file}</span> was not used: ${why}</li>`)}
      </ul>`
    }
    ${checks.map(checkDetails)}
  </section>`;
}

const WORDS = {
  found: ['differs', 'FOUND'],
  'not found': ['same', 'NOT FOUND'],
  'cannot be judged': ['not-compared', 'CANNOT BE JUDGED'],
} as const;

/** What was found is open from the start. */
function checkDetails({ id, mistake, verdict, why, evidence, effect, remedy }: CheckResult): Markup {
  const [style, word] = WORDS[verdict];
  return html`<details class="subject" ${verdict === 'found' && ' open'}>
    <summary>
      <span class="word ${style}">${word}</span> <span class="title">${mistake}</span>
      <span class="facts">${id}</span>
    </summary>
    <div class="inside">
      <p><strong>${why}</strong></p>
      ${evidence.map(evidenceMarkup)}
      <p><b>What it does.</b> ${effect}</p>
      <p><b>What to do.</b> ${remedy}</p>
    </div>
  </details>`;
}
