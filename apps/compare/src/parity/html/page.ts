import type { ParityReport } from '../report.js';
import { about, findings, method } from './about.js';
import { header } from './header.js';
import { html, Markup } from './markup.js';
import { overview } from './overview.js';
import { SCRIPT } from './script.js';
import { STYLE } from './style.js';
import { subjectSection } from './subject.js';

/**
 * The report as one HTML page that needs nothing else: no network, no server, no script to be read.
 * Subjects that differ are open, otherwise the first one is.
 */
export function renderPage(report: ParityReport): string {
  const { verdicts, summary } = report;
  const differs = summary.status === 'differs';
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
        />
        <title>${summary.status.toUpperCase()} · Concord parity, ${report.data.cohort}</title>
        <link rel="icon" href="data:," />
        <style>
          ${new Markup(STYLE)}
        </style>
      </head>
      <body>
        <main>
          ${header(report)} ${overview(report)}
          <section>
            <h2>Subjects</h2>
            ${verdicts.map((verdict, i) =>
              subjectSection(verdict, report, differs ? verdict.status === 'differs' : i === 0),
            )}
          </section>
          ${findings(report)} ${method(report)} ${about(report)}
        </main>
        <script>
          ${new Markup(SCRIPT)};
        </script>
      </body>
    </html>`;
  return page.text;
}
