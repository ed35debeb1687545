import { htmlDocument } from '../../html/document.js';
import { html, type Markup } from '../../html/markup.js';
import { formatPlural } from '../../parity/format.js';
import { SCRIPT } from '../../parity/html/script.js';
import type { AuditReport, ClaimResult } from '../report.js';
import { evidenceMarkup } from './evidence.js';

/** The report as one HTML page that needs nothing else; the evidence of a claim is a click away. */
export function renderAuditPage(report: AuditReport): string {
  const body = html`${header(report)} ${problems(report)}
  ${Object.entries(report.papers).map(([paper, title]) => {
    const claims = report.claims.filter((claim) => claim.paper === paper);
    return (
      claims.length > 0 &&
      html`<section>
        <h2>${title}</h2>
        ${claims.map(claimDetails)}
      </section>`
    );
  })}
  ${checkouts(report)}`;
  return htmlDocument(`${formatPlural(report.claims.length, 'claim')} · Concord audit`, body, SCRIPT);
}

function header({ summary, claims, date, command }: AuditReport): Markup {
  const { holds, fails, 'cannot be tested here': cannot } = summary.verdicts;
  const tile = (name: string, value: number, more: string) =>
    html`<div>
      <dt>${name}</dt>
      <dd>${value}<small>${more}</small></dd>
    </div>`;
  const notRun = [
    ...(summary.recorded > 0
      ? [`${formatPlural(summary.recorded, 'verdict')} rest on recorded evidence, without a checkout.`]
      : []),
    ...(summary.refused > 0 ? [`${formatPlural(summary.refused, 'claim')} not run.`] : []),
  ];
  return html`<header>
    <p class="kicker">
      <span><b>Concord</b> · audit</span><span>${date.slice(0, 10)}</span>
    </p>
    <h1 class="verdict ${summary.differ > 0 ? 'differs' : 'same'}">
      ${summary.differ > 0 ? 'DIFFERS' : 'AS RECORDED'}
    </h1>
    <p class="sentence">
      ${formatPlural(claims.length, 'claim')} of papers and their code, checked on the code as it was
      published. ${summary.differ > 0 && `${formatPlural(summary.differ, 'verdict')} not as recorded.`}
      ${notRun.join(' ')}
    </p>
    <dl class="tiles">
      ${tile('Fail', fails, 'not true of what was run')} ${tile('Hold', holds, 'true of what was run')}
      ${tile('Cannot be tested here', cannot, 'the reason is given')}
      ${tile('Not as recorded', summary.differ, `${summary.ran} run in ${summary.seconds.toFixed(0)} s`)}
    </dl>
    <p class="soft">
      A claim is about the files that were released. A finding names the line and shows the run, and says what
      it does not imply. Made with <code>${command}</code>.
    </p>
  </header>`;
}

function problems({ problems }: AuditReport): Markup | false {
  return (
    problems.length > 0 &&
    html`<div class="notice" role="alert">
      <strong>${formatPlural(problems.length, 'problem')} of the audit itself.</strong>
      <ul>
        ${problems.map(({ where, problem }) => html`<li><span class="name">${where}</span>: ${problem}</li>`)}
      </ul>
    </div>`
  );
}

const WORDS = {
  holds: ['same', 'HOLDS'],
  fails: ['differs', 'FAILS'],
  'cannot be tested here': ['not-compared', 'CANNOT BE TESTED HERE'],
} as const;

function claimDetails(claim: ClaimResult): Markup {
  const [style, word] = WORDS[claim.verdict];
  const basis = {
    run: `run in ${claim.seconds.toFixed(1)} s`,
    recorded: 'recorded evidence',
    refused: 'not run',
  }[claim.basis];
  return html`<details class="subject" id="${claim.id.replace('/', '-')}">
    <summary>
      <span class="word ${style}">${word}</span> <span class="title">${claim.sentence}</span>
      <span class="facts">${claim.kind} · ${basis}${claim.differs && ` · recorded: ${claim.recorded}`}</span>
    </summary>
    <div class="inside">
      <p><strong>${capital(claim.why)}.</strong></p>
      ${claim.evidence.map(evidenceMarkup)}
      <p>${claim.meaning}</p>
      <table class="facts-table">
        <tbody>
          ${fact('Claim', claim.id)} ${fact('Source', claim.source)}
          ${claim.register.length > 0 && fact('Register', claim.register.join(', '))}
          ${claim.reads.length > 0 && fact('Read', claim.reads.join(', '))}
          ${fact(
            'Run with',
            Object.entries(claim.versions)
              .map(([name, version]) => `${name} ${version}`)
              .join(', ') || 'nothing',
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

function fact(name: string, value: string): Markup {
  return html`<tr>
    <th scope="row">${name}</th>
    <td><span class="name">${value}</span></td>
  </tr>`;
}

function checkouts({ checkouts }: AuditReport): Markup {
  return html`<section>
    <h2>Checkouts</h2>
    <div class="scroll">
      <table class="rows">
        <caption>
          The published code, as it was found, before the claims ran and after.
        </caption>
        <thead>
          <tr>
            <th scope="col">Repository</th>
            <th scope="col">Commit</th>
            <th scope="col">State</th>
            <th scope="col" class="number">Files not there</th>
            <th scope="col">SHA-256</th>
          </tr>
        </thead>
        <tbody>
          ${checkouts.map(
            ({ source, commit, found, state, missing, digest }) =>
              html`<tr>
                <td>${source}</td>
                <td><span class="name">${found?.slice(0, 7) ?? commit}</span></td>
                <td>${state}</td>
                <td class="number">${missing}</td>
                <td><span class="name">${digest.slice(0, 16)}</span></td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
