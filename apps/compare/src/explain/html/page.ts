import { formatC } from '../../crosscancer/report/headline.js';
import { htmlDocument } from '../../html/document.js';
import { html, type Markup } from '../../html/markup.js';
import { formatCount } from '../../parity/format.js';
import type { Explanation, SideOfExplanation } from '../explanation.js';
import {
  interactionInWords,
  intervalInWords,
  needInWords,
  signed,
  signedOrDash,
  valuesInWords,
  worthInWords,
} from '../words.js';
import { waterfall } from './waterfall.js';

/** An explanation as one HTML page: the answer, the way from A to B as a picture, and each step with its worth. */
export function explanationPage(explanation: Explanation): string {
  const { a, b } = explanation;
  const body = html`${header(explanation)} ${picture(explanation)} ${parts(explanation)} ${made(explanation)}
  ${about(explanation)}`;
  return htmlDocument(`Concord: why ${a.name} and ${b.name} differ`, body);
}

function header({ headline, a, b, open }: Explanation): Markup {
  const tile = (letter: string, { name, cases, events, cindex, measure, reported }: SideOfExplanation) =>
    html`<div>
      <dt>${letter} · <span class="name">${name}</span></dt>
      <dd>
        ${cindex === null ? '–' : formatC(cindex)}
        <small>
          ${formatCount(cases)} cases, ${formatCount(events)}
          events${reported === null ? '' : `; reported ${formatC(reported)}`}<br />${measure.words}
        </small>
      </dd>
    </div>`;
  return html`<header>
    <p class="kicker">
      <span><b>Concord</b> · explain</span>
      <span>${a.name} · ${b.name}</span>
    </p>
    <h1>Why is the C-index different?</h1>
    <p class="sentence">${headline}</p>
    ${
      open.length > 0 &&
      html`<div class="notice" role="note">
        <strong>Not all is explained.</strong>
        <ul>
          ${open.map((text) => html`<li>${text}</li>`)}
        </ul>
      </div>`
    }
    <dl class="tiles">${tile('A', a)} ${tile('B', b)}</dl>
  </header>`;
}

function picture(explanation: Explanation): Markup | false {
  const chart = waterfall(explanation);
  return (
    chart &&
    html`<section>
      <h2>From A to B</h2>
      <figure>
        <figcaption>Each bar is one difference and what it moves; together they lead from A to B.</figcaption>
        <div class="chart">${chart}</div>
      </figure>
    </section>`
  );
}

function parts(explanation: Explanation): Markup | false {
  const { parts: rows, difference, orders, resamples, seed } = explanation;
  return (
    rows.length > 0 &&
    html`<section>
      <h2>What each difference moves</h2>
      <div class="scroll">
        <table class="rows">
          <caption>
            Share: the mean over ${orders === 1 ? 'the one order' : `${formatCount(orders)} orders`} in which
            the differences can be made, so that shares add up. Alone: A with this alone taken from B. Taken
            back: B with this alone as in A, sign turned. Intervals from ${formatCount(resamples)} resamples
            of the cases, seed ${seed}.
          </caption>
          <thead>
            <tr>
              <th scope="col">What B has otherwise</th>
              <th scope="col" class="number">Share</th>
              <th scope="col" class="number">95 %</th>
              <th scope="col" class="number">Alone</th>
              <th scope="col" class="number">Taken back</th>
              <th scope="col">Worth</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              (part) =>
                html`<tr>
                  <th scope="row">${part.name} <span class="why">${part.words}</span></th>
                  <td class="number">${signed(part.share)}</td>
                  <td class="number">${intervalInWords(part)}</td>
                  <td class="number">${signedOrDash(part.alone)}</td>
                  <td class="number">${signedOrDash(part.last)}</td>
                  <td>${worthInWords(part)}</td>
                </tr>`,
            )}
            <tr>
              <th scope="row">all together</th>
              <td class="number">${signed(difference)}</td>
              <td class="number">${intervalInWords(explanation)}</td>
              <td></td>
              <td></td>
              <td></td>
            </tr>
          </tbody>
        </table>
      </div>
      <p>${interactionInWords(explanation)}</p>
    </section>`
  );
}

function made({ made: rows }: Explanation): Markup | false {
  return (
    rows.length > 0 &&
    html`<section>
      <h2>Behind other risks</h2>
      <div class="scroll">
        <table class="rows">
          <caption>
            How the runs were made, as far as their files say. What one of these moves is known when it was
            trained.
          </caption>
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">A → B</th>
              <th scope="col">What it moves</th>
              <th scope="col">Where it stands</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              (one) =>
                html`<tr>
                  <th scope="row">${one.name}</th>
                  <td>${valuesInWords(one)}</td>
                  <td>${needInWords(one)}</td>
                  <td class="name">${one.where.join('; ')}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </section>`
  );
}

function about({ harmless, notes, command }: Explanation): Markup {
  return html`<section>
    <h2>To know</h2>
    ${[...harmless.map((text) => `Moves nothing: ${text}.`), ...notes].map((text) => html`<p>${text}</p>`)}
    <pre>${command}</pre>
  </section>`;
}
