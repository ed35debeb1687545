import type { ParityReport } from './report.js';

/**
 * The report as JSON. JSON has no infinity, and `null` would say nothing: an infinite error or ratio (a NaN where
 * a number is due, a tensor of another shape) is written as the string "Infinity".
 */
export function serializeReport(report: ParityReport): string {
  return `${JSON.stringify(report, (_, value: unknown) => (typeof value === 'number' ? encode(value) : value), 2)}\n`;
}

function encode(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
