import type { DoctorReport } from './inspectFolders.js';

const COLUMNS = ['severity', 'kind', 'slide', 'path', 'text'] as const;

/** One line a finding, for a spreadsheet. @source RFC 4180. */
export function doctorCsv({ findings }: DoctorReport): string {
  const lines = findings.map((finding) => COLUMNS.map((name) => quote(finding[name] ?? '')).join(','));
  return [COLUMNS.join(','), ...lines, ''].join('\r\n');
}

/** A spreadsheet runs what begins like a formula, so that gets an apostrophe. */
function quote(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
