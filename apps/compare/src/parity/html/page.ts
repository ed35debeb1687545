import { htmlDocument } from '../../html/document.js';
import { html } from '../../html/markup.js';
import type { ParityReport } from '../report.js';
import { about, findings, method } from './about.js';
import { header } from './header.js';
import { overview } from './overview.js';
import { SCRIPT } from './script.js';
import { subjectSection } from './subject.js';

/** The report as one HTML page. Subjects that differ are open, otherwise the first one is. */
export function renderPage(report: ParityReport): string {
  const { verdicts, summary } = report;
  const differs = summary.status === 'differs';
  const body = html`${header(report)} ${overview(report)}
    <section>
      <h2>Subjects</h2>
      ${verdicts.map((verdict, i) =>
        subjectSection(verdict, report, differs ? verdict.status === 'differs' : i === 0),
      )}
    </section>
    ${findings(report)} ${method(report)} ${about(report)}`;
  const title = `${summary.status.toUpperCase()} · Concord parity, ${report.data.cohort}`;
  return htmlDocument(title, body, SCRIPT);
}
