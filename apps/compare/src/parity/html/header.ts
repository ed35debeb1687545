import {
  formatCount,
  formatError,
  formatIndex,
  formatPlural,
  formatRatio,
  formatSubject,
} from '../format.js';
import type { ParityReport, ParityRow } from '../report.js';
import { html, type Markup } from '../../html/markup.js';

/** The answer, before anything else: one word, one sentence, what it stands on, a few numbers. */
export function header(report: ParityReport): Markup {
  const { summary, data, environment } = report;
  return html`<header>
    <p class="kicker">
      <span><b>Concord</b> · parity report</span>
      <span>cohort ${data.cohort} · preset ${report.settings.preset} · ${dateOf(environment.date)}</span>
    </p>
    <h1 class="verdict ${classOf(summary.status)}">${summary.status.toUpperCase()}</h1>
    <p class="sentence">${sentence(report)}</p>
    ${syntheticNotice(report)} ${tiles(report)} ${parting(report)}
  </header>`;
}

/** `not compared` -> `not-compared`. */
export function classOf(status: string): string {
  return status.replace(' ', '-');
}

function dateOf(iso: string): string {
  return iso.replace('T', ' ').replace(/:\d\d(\.\d+)?Z$/, ' UTC');
}

function sentence({ summary, settings, verdicts }: ParityReport): string {
  const all = formatCount(summary.passed + summary.failed);
  const away = `${settings.factor} × PyTorch’s own float32 error`;
  const left =
    summary.notCompared > 0 ? ` ${formatPlural(summary.notCompared, 'subject')} could not be compared.` : '';
  if (summary.status === 'same') {
    return `TypeScript and PyTorch compute the same: all ${all} quantities lie within ${away} of the float64 oracle.${left}`;
  }
  if (summary.status === 'differs') {
    const differ = verdicts.filter((verdict) => verdict.status === 'differs').length;
    return `TypeScript and PyTorch part: ${formatCount(summary.failed)} of ${all} quantities, in ${formatPlural(differ, 'subject')}, lie farther than ${away} from the float64 oracle.${left}`;
  }
  const reason = verdicts.find((verdict) => verdict.reason)?.reason;
  return `Nothing was compared${reason ? `: ${reason}` : ''}.`;
}

function syntheticNotice({ data }: ParityReport): Markup | false {
  const made = Object.entries(data.synthetic).flatMap(([part, synthetic]) => (synthetic ? [part] : []));
  if (made.length === 0) return false;
  const list = made.length > 1 ? `${made.slice(0, -1).join(', ')} and ${made.at(-1)}` : made[0]!;
  return html`<p class="notice" role="note">
    <strong>Synthetic data.</strong> The ${list} of this run come from a generator. They show whether two
    stacks compute the same; they say nothing about patients.
  </p>`;
}

function tiles({ summary, settings, verdicts, environment, subjects, tape }: ParityReport): Markup {
  const compared = verdicts.filter((verdict) => verdict.status !== 'not compared').length;
  const worst = subjects.reduce<ParityRow | undefined>(
    (a, b) => (a && a.ratio >= b.ratio ? a : b),
    undefined,
  );
  const { backend } = environment;
  const tile = (name: string, value: string, note: string) =>
    html`<div>
      <dt>${name}</dt>
      <dd>${value} <small>${note}</small></dd>
    </div>`;
  return html`<dl class="tiles">
    ${tile('Quantities in agreement', formatCount(summary.passed), `of ${formatCount(summary.passed + summary.failed)}`)}
    ${tile('Worst ratio', formatRatio(summary.worstRatio), worst ? `limit ${settings.factor}: ${worst.variant}, ${worst.stage}, ${worst.quantity}` : 'nothing compared')}
    ${tile('Subjects compared', formatCount(compared), `of ${formatCount(verdicts.length)}`)}
    ${tile('Optimiser steps', formatCount(settings.steps), `seed ${tape.seed}`)}
    ${tile('Backend', backend.name, [backend.tensorflow, backend.gpu ? 'GPU' : 'CPU', backend.notNative].filter(Boolean).join(', '))}
  </dl>`;
}

/** Where the two stacks part. */
function parting({ summary, subjects }: ParityReport): Markup | false {
  const first = summary.firstDivergence;
  if (!first) return false;
  const row = subjects.find(
    (candidate) =>
      candidate.quantity === first.quantity &&
      candidate.stage === first.stage &&
      candidate.variant === first.variant &&
      candidate.backbone === first.backbone &&
      candidate.witness === first.witness,
  );
  const where = row?.at ? ` at ${formatIndex(row.at)}` : '';
  return html`<section class="parting" aria-label="First divergence">
    <h2>They part at <span class="name">${first.quantity}</span></h2>
    <p>
      ${formatSubject(first)}, ${first.stage}. It is the first quantity, in the order of computation, beyond
      its limit; what follows it may fail in its wake.
    </p>
    ${
      row &&
      html`<p>
        Error ${formatError(row.errorTs)}${where}, limit ${formatError(row.limit)}, PyTorch float32
        ${formatError(row.errorTorch32)}. ${row.reason}
      </p>`
    }
  </section>`;
}
