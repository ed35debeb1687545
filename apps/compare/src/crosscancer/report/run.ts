import { join } from 'node:path';
import { clearDrafts, writeAtomic } from '../../files/write-atomic.js';
import { readStudy } from '../studyFolder.js';
import { judgeStudy, type StatisticsOptions } from '../studyStatistics.js';
import { studyCsv } from './csv.js';
import { studyLatex } from './latex.js';
import { studyMarkdown } from './markdown.js';
import { studyPage } from './page/page.js';
import type { StudyReport } from './studyReport.js';
import { studyText } from './text.js';

/** Forms of a report and the file that each has in the study's folder. */
export const REPORT_FILES = {
  html: 'report.html',
  markdown: 'report.md',
  csv: 'report.csv',
  latex: 'report.tex',
  json: 'report.json',
} as const;

/** Where each form goes; absent: into the study's folder. */
export type ReportPaths = Partial<Record<keyof typeof REPORT_FILES, string>>;

/** A report that was written. */
export interface WrittenReport {
  readonly report: StudyReport;
  /** For a terminal. */
  readonly text: string;
  readonly json: string;
  readonly files: readonly string[];
}

/**
 * Judge what lies in a study folder and write it in every form. A `-` writes no file: the caller prints it.
 *
 * @param folder as an absolute path, and so are the paths.
 * @throws Error if the folder is no study, or no cell of it is done.
 */
export function writeReport(
  folder: string,
  paths: ReportPaths = {},
  options: StatisticsOptions = {},
): WrittenReport {
  const study = readStudy(folder);
  clearDrafts(folder);
  const report = judgeStudy(study, options);
  const json = `${JSON.stringify(report, null, 2)}\n`;
  const forms: Record<keyof typeof REPORT_FILES, () => string> = {
    html: () => studyPage(report, study),
    markdown: () => studyMarkdown(report),
    csv: () => studyCsv(report),
    latex: () => studyLatex(report),
    json: () => json,
  };
  const files = (Object.keys(REPORT_FILES) as (keyof typeof REPORT_FILES)[]).flatMap((form) => {
    const path = paths[form] ?? join(folder, REPORT_FILES[form]);
    if (path === '-') return [];
    writeAtomic(path, forms[form]());
    return [path];
  });
  return { report, text: studyText(report), json, files };
}
