import type { Cell, Evidence } from './claim.js';

/** A cell as it is read: `1,832`, `0.5`, `yes`. */
export function formatCell(value: Cell): string {
  if (value === null) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'number') return value;
  const small = value !== 0 && Math.abs(value) < 1e-3;
  return small ? value.toExponential(2) : value.toLocaleString('en-US', { maximumFractionDigits: 4 });
}

/** Evidence in one line, where it is a number or words; nothing where it is larger. */
export function formatShort(evidence: Evidence): string | undefined {
  if ('number' in evidence) {
    return `${evidence.name}: ${formatCell(evidence.number)}${evidence.unit === undefined ? '' : ` ${evidence.unit}`}`;
  }
  return 'text' in evidence && !evidence.text.includes('\n')
    ? `${evidence.name}: ${evidence.text}`
    : undefined;
}

/** A tensor's values as rows of its last axis. */
export function tensorRows(shape: readonly number[], values: readonly Cell[]): string[] {
  const width = shape.at(-1) ?? 1;
  const rows = Math.ceil(values.length / Math.max(1, width));
  return Array.from({ length: rows }, (_, i) =>
    values
      .slice(i * width, (i + 1) * width)
      .map(formatCell)
      .join('  '),
  );
}
