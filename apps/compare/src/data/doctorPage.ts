import type { BagFinding, BagReport, TableReport } from '@concord/data';
import { formatCount, formatPlural } from '../parity/format.js';
import { htmlDocument } from '../html/document.js';
import { html, type Markup } from '../html/markup.js';
import { SCRIPT } from '../parity/html/script.js';
import type { DoctorReport } from './inspectFolders.js';

/** What each kind of finding means for a training, for whoever meets it first. */
const MEANINGS: Readonly<Record<string, string>> = {
  'not-finite': 'One NaN makes the loss NaN, and the run is lost.',
  'shorter-than-twin': 'The extraction was killed: the file is valid, and part of the slide is missing.',
  'differs-from-twin': 'Two files of one slide disagree; one of them is of another run.',
  duplicate: 'Two slides have the same numbers; one has the features of the other.',
  empty: 'The slide has no patches; a model cannot eat an empty bag.',
  truncated: 'The file ends before it should.',
  damaged: 'The file does not follow its format any more.',
  'mixed-width': 'Features of another width come from another encoder, and do not fit the model.',
  'mixed-encoder': 'Features of two encoders have nothing in common but their shape.',
  'mixed-patches': 'Patches of two sizes or magnifications show different things.',
  missing: 'The slide is in the list, and would be left out silently.',
  'not-two-dimensional': 'That is an embedding of the slide, not one feature vector a patch.',
  outcomes: 'The table of outcomes cannot be used as it is.',
  expression: 'The table of expression cannot be used as it is.',
  'table-unreadable': 'The table is broken, or is none.',
  'rows-out-of-order': 'Times stand beside the ids of other cases: everything learned from them is wrong.',
  'validation-is-training': 'Nothing is held out: any figure of validation is one of training.',
  'shared-case': 'A case that trains is no test of what was learned.',
  'left-out': 'These cases have no usable outcome, and are not repaired.',
  'sources-disagree': 'Two tables say different things of one case; nothing is averaged.',
  'coords-length': 'Features and positions do not belong together.',
};

/** The findings as one HTML page that needs nothing else. */
export function doctorPage(report: DoctorReport): string {
  const { problems, warnings, files, tables, findings, seconds, date, sources } = report;
  const looked = [
    ...(files.length > 0 ? [formatPlural(files.length, 'file') + ' of patch features'] : []),
    ...(tables.length > 0 ? [formatPlural(tables.length, 'table')] : []),
  ];
  const worstFirst = [...findings].sort(
    (a, b) => Number(b.severity === 'problem') - Number(a.severity === 'problem'),
  );
  const kinds = [...new Set(worstFirst.map(({ kind }) => kind))];
  const body = html`<header>
      <p class="kicker">
        <span><b>Concord</b> · data doctor</span>
        <span>${sources.join(', ')} · ${date.slice(0, 10)}</span>
      </p>
      <h1 class="verdict ${problems > 0 ? 'differs' : 'same'}">${problems > 0 ? 'PROBLEMS' : 'HEALTHY'}</h1>
      <p class="sentence">
        ${looked.join(' and ')}, every number read in ${seconds.toFixed(1)} s:
        ${formatPlural(problems, 'problem')}, ${formatPlural(warnings, 'warning')}.
      </p>
    </header>
    ${kinds.map((kind) =>
      section(
        kind,
        findings.filter((finding) => finding.kind === kind),
      ),
    )}
    ${
      files.length > 0 &&
      html`<section>
        <h2>All files</h2>
        ${table(files)}
      </section>`
    }
    ${
      tables.length > 0 &&
      html`<section>
        <h2>All tables</h2>
        ${tablesTable(tables)}
      </section>`
    }`;
  return htmlDocument(`${formatPlural(problems, 'problem')} · Concord data doctor`, body, SCRIPT);
}

function section(kind: string, findings: readonly BagFinding[]): Markup {
  return html`<section>
    <h2>${kind.replaceAll('-', ' ')} <span class="soft">${formatCount(findings.length)}</span></h2>
    ${MEANINGS[kind] !== undefined && html`<p>${MEANINGS[kind]}</p>`}
    <ul class="findings">
      ${findings.map(
        ({ slide, path, text }) =>
          html`<li>
            <h3 class="name">${slide}</h3>
            <p>${text}</p>
            ${path !== undefined && html`<p class="soft name">${path}</p>`}
          </li>`,
      )}
    </ul>
  </section>`;
}

function tablesTable(tables: readonly TableReport[]): Markup {
  return html`<div class="scroll">
    <table class="rows">
      <caption>
        What each table was taken for, by its columns; a dash where it could not be read.
      </caption>
      <thead>
        <tr>
          <th scope="col">Table</th>
          <th scope="col">Kind</th>
          <th scope="col" class="number">Rows</th>
          <th scope="col" class="number">Columns</th>
        </tr>
      </thead>
      <tbody>
        ${tables.map(
          ({ path, kind, rows, columns }) =>
            html`<tr>
              <td><span class="name">${path}</span></td>
              <td>${kind ?? '–'}</td>
              <td class="number">${rows === undefined ? '–' : formatCount(rows)}</td>
              <td class="number">${columns === undefined ? '–' : formatCount(columns)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function table(files: readonly BagReport[]): Markup {
  const heading = (text: string, number = false) =>
    html`<th scope="col" class="${number && 'number'}"><button type="button">${text}</button></th>`;
  const number = (value: number | undefined) =>
    html`<td class="number" data-value="${value ?? -1}">
      ${value === undefined ? '–' : formatCount(value)}
    </td>`;
  return html`<div class="scroll">
    <table class="rows">
      <caption>
        What each file holds; a dash where it could not be read. A click on a heading sorts.
      </caption>
      <thead>
        <tr>
          ${heading('Slide')} ${heading('Format')} ${heading('Patches', true)} ${heading('Width', true)}
          ${heading('Dtype')} ${heading('Encoder')} ${heading('Bytes', true)}
        </tr>
      </thead>
      <tbody>
        ${files.map(
          ({ slide, format, rows, width, dtype, encoder, bytes }) =>
            html`<tr>
              <td><span class="name">${slide}</span></td>
              <td>${format ?? '–'}</td>
              ${number(rows)} ${number(width)}
              <td>${dtype ?? '–'}</td>
              <td>${encoder ?? 'not stated'}</td>
              ${number(bytes)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
