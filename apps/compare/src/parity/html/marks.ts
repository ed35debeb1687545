import { formatError, formatIndex } from '../format.js';
import type { ParityRow, Stage } from '../report.js';

/** One run's error of one quantity, as a chart shows it. */
export interface ErrorMark {
  readonly stage: Stage;
  readonly quantity: string;
  readonly run: 'ts' | 'torch32' | 'published';
  readonly error: number;
  readonly limit: number;
  readonly pass: boolean;
  /** What a pointer that rests on it reads. */
  readonly title: string;
}

const RUNS = [
  ['ts', 'TypeScript', 'errorTs'],
  ['torch32', 'PyTorch float32', 'errorTorch32'],
  ['published', 'published class', 'errorPublished'],
] as const;

/** One mark for each run that a row knows. */
export function marksOf(rows: readonly ParityRow[]): ErrorMark[] {
  return rows.flatMap((row) =>
    RUNS.flatMap(([run, name, field]): ErrorMark[] => {
      const error = row[field];
      if (error === undefined) return [];
      const where = run === 'ts' && row.at ? ` at ${formatIndex(row.at)}` : '';
      const title = `${row.quantity}, ${row.stage}\n${name}: ${formatError(error)}${where}\nlimit: ${formatError(row.limit)}`;
      const { stage, quantity, limit, pass } = row;
      return [{ stage, quantity, run, error, limit, pass, title }];
    }),
  );
}

/** A logarithmic axis has neither zero nor infinity: they sit on its ends. */
export function errorScale(marks: readonly ErrorMark[]) {
  const finite = marks
    .flatMap((mark) => [mark.error, mark.limit])
    .filter((error) => error > 0 && error < Infinity);
  const low = Math.min(...(finite.length > 0 ? finite : [1e-8])) / 1.6;
  const high = Math.max(...(finite.length > 0 ? finite : [1e-6])) * 1.6;
  const clamp = (error: number) => Math.min(high, Math.max(low, error));
  return { domain: [low, high] as const, clamp };
}
