import { InvalidArgumentError } from 'commander';

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** A number of bytes as people write it: `500000`, `20GB`, `1.5 TB`; a thousand to a step, as the GDC counts. */
export function byteCount(value: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([KMGT]?B)?\s*$/i.exec(value);
  const unit = UNITS.findIndex((name) => name === (match?.[2] ?? 'B').toUpperCase());
  const bytes = Math.floor(Number(match?.[1]) * 1000 ** unit);
  if (match && Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new InvalidArgumentError('Expected a number of bytes, such as 500000, 20GB or 1.5TB.');
}

/** The same the other way round, to three digits. */
export function formatBytes(bytes: number): string {
  const unit = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** unit;
  return `${unit === 0 ? value : value.toPrecision(value >= 1000 ? 4 : 3)} ${UNITS[unit]}`;
}
