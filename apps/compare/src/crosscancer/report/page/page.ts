import { htmlDocument } from '../../../html/document.js';
import { html } from '../../../html/markup.js';
import { SCRIPT } from '../../../parity/html/script.js';
import { layOut } from '../../studyStatistics.js';
import type { Study } from '../../studyFolder.js';
import type { StudyReport } from '../studyReport.js';
import { about, planted, stacks } from './about.js';
import { agreement } from './agreement.js';
import { differences, ranks } from './comparisons.js';
import { header } from './header.js';
import { heatMaps } from './heatMaps.js';
import { learning, shift, shownMethod, survival } from './pictures.js';

/** A study as one HTML page: the figures of the report, and pictures of the runs that they stand on. */
export function studyPage(report: StudyReport, study: Study): string {
  const { methods, pairs } = layOut(study);
  const shown = shownMethod(report, methods);
  const ridge = methods.filter((method) => method.name === report.ridge && method !== shown);
  const names = study.file.cohorts.map(({ name }) => name);
  const body = html`${header(report)} ${heatMaps(report)} ${ranks(report)} ${differences(report)}
  ${survival([shown, ...ridge], pairs)} ${learning(methods)} ${shift(shown, names, study.file.sources)}
  ${planted(report)} ${stacks(report)} ${agreement(report)} ${about(report)}`;
  return htmlDocument(`Concord cross-cancer study: ${names.join(', ')}`, body, SCRIPT);
}
