import { formatCount, formatSubject } from '../format.js';
import type { ParityReport } from '../report.js';
import { html, type Markup } from '../../html/markup.js';

/** What is no number: findings of the run. */
export function findings({ findings }: ParityReport): Markup | false {
  return (
    findings.length > 0 &&
    html`<section>
      <h2>Findings</h2>
      <ul class="findings">
        ${findings.map(
          (finding) =>
            html`<li>
              <h3>${finding.title}</h3>
              <p>${finding.detail}</p>
              <p class="soft">
                ${finding.subject && `${formatSubject(finding.subject)} · `}<code>${finding.kind}</code>${
                  finding.source && html` · ${finding.source}`
                }
              </p>
            </li>`,
        )}
      </ul>
    </section>`
  );
}

/** How a reader has to take the numbers. */
export function method({ settings }: ParityReport): Markup {
  return html`<section>
    <h2>How to read this</h2>
    <p>
      Every quantity is computed three times: by TypeScript, by PyTorch in float32 and by PyTorch in float64,
      from the same weights, inputs and random draws. The float64 run is the <strong>oracle</strong>. A run’s
      <strong>error</strong> is its largest distance from the oracle, divided by the oracle’s largest value.
    </p>
    <p>
      PyTorch’s own float32 error is the <strong>yardstick</strong>, but never less than ${settings.floorUlps}
      float32 units in the last place, so that a lucky rounding sets no standard. TypeScript agrees where its
      error is at most ${settings.factor} yardsticks. Masks and exact zeros have to be equal; NaN equals only
      NaN, an infinity only itself.
    </p>
  </section>`;
}

/** What it stood on, what it ran on, and how to run it again. */
export function about(report: ParityReport): Markup {
  const { data, tape, environment: env, settings, command } = report;
  const { steps, factor, floorUlps, preset, ...others } = settings;
  const replay = tape.file ? `${command} --replay ${tape.file}` : command;
  return html`<section>
    <h2>Replay</h2>
    <p>
      The tape holds every random draw of the run. Read again, it gives both stacks the same masks,
      permutations and mixing weights on any machine.
    </p>
    <pre><code>${replay}</code></pre>
    <h2>What it stood on</h2>
    ${facts('Data, tape and settings', [
      ['Cohort', `${data.cohort}, ${formatCount(data.cases)} cases`],
      ['Source', data.source === 'embedded' ? 'embedded synthetic cohort' : data.source],
      [
        'Synthetic',
        Object.entries(data.synthetic)
          .flatMap(([part, made]) => (made ? [part] : []))
          .join(', ') || 'nothing',
      ],
      [
        'Sizes',
        `${formatCount(data.pathways)} pathways; ${data.patches.map(formatCount).join(' to ')} patches${data.patchWidth ? ` of width ${formatCount(data.patchWidth)}` : ''}`,
      ],
      ...Object.entries(data.digests).map(([name, digest]): Fact => [name, html`<code>${digest}</code>`]),
      ['Tape', html`<code>${tape.digest}</code>`],
      ['Tape file', tape.file ?? 'not kept'],
      ['Seed', String(tape.seed)],
      ['Preset', `${preset}, ${formatCount(steps)} optimiser steps`],
      ['Limit', `${factor} yardsticks, floor ${floorUlps} float32 units in the last place`],
      ...Object.entries(others).map(([name, value]): Fact => [name, String(value)]),
    ])}
    <h2>What it ran on</h2>
    ${facts('Environment', [
      ['TypeScript', `Node ${env.node}, TensorFlow.js ${env.tfjs}`],
      ['Backend', `${env.backend.name} ${env.backend.tensorflow ?? ''}, ${env.backend.gpu ? 'GPU' : 'CPU'}`],
      ...(env.backend.notNative ? [['Not native because', env.backend.notNative] as Fact] : []),
      ['PyTorch', `Python ${env.python}, torch ${env.torch}, NumPy ${env.numpy}`],
      ['Machine', `${env.os}; ${env.cpu}`],
      ['Commit', env.commit ? `${env.commit}${env.dirty ? ', with uncommitted changes' : ''}` : 'unknown'],
      ['Date', env.date],
    ])}
  </section>`;
}

type Fact = readonly [name: string, value: string | Markup];

function facts(caption: string, entries: readonly Fact[]): Markup {
  return html`<table class="facts-table">
    <caption>
      ${caption}
    </caption>
    <tbody>
      ${entries.map(
        ([name, value]) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td>${value}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
