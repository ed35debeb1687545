import type { Subject } from './report.js';

/** An error with two digits: `1.2e-7`, `0`, `∞`. */
export function formatError(error: number): string {
  if (error === 0) return '0';
  return Number.isFinite(error) ? error.toExponential(1) : '∞';
}

/** A ratio with as many digits as matter: `0.83`, `12`, `3.1e+4`, `∞`. */
export function formatRatio(ratio: number): string {
  if (!Number.isFinite(ratio)) return '∞';
  if (ratio >= 9999.5) return ratio.toExponential(1);
  return ratio >= 99.95 ? ratio.toFixed(0) : ratio >= 9.995 ? ratio.toFixed(1) : ratio.toFixed(2);
}

/** `1,832`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1 subject`, `3 subjects`. */
export function formatPlural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** `[12, 256]`. */
export function formatIndex(index: readonly number[]): string {
  return `[${index.join(', ')}]`;
}

/** `survpath × plain`, with the witness where it is not our own reference. */
export function formatSubject({ backbone, variant, witness }: Subject): string {
  return `${backbone} × ${variant}${witness === 'published' ? ' (published class)' : ''}`;
}
