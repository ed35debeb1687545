import Table from 'cli-table3';
import type { RiskComparison } from './compareRisks.js';

/** A table for people, and who was not compared. */
export function renderRisks(compared: readonly RiskComparison[], missing: readonly string[]): string {
  const table = new Table({
    head: [
      ...['backbone', 'patients', 'TypeScript', 'published', 'yardstick', 'ratio'],
      ...['closest pair', 'spread', 'pairs swapped', ''],
    ],
    style: { head: [], border: [] },
    colAligns: ['left', ...Array.from({ length: 8 }, () => 'right' as const), 'left'],
  });
  for (const one of compared) {
    const errors = [one.errorTs, one.errorPublished, one.yardstick].map(written);
    const ratio = (one.errorTs / one.yardstick).toFixed(2);
    const spread = [one.closest, one.spread].map(written);
    const verdict = one.pass ? 'same' : 'DIFFERS';
    table.push([one.backbone, one.cases, ...errors, ratio, ...spread, one.swapped, verdict]);
  }
  return [
    table.toString(),
    'Errors to PyTorch in float64 and distances of risks, relative to the largest risk.',
    ...missing.map((reason) => `not compared: ${reason}`),
    '',
  ].join('\n');
}

function written(value: number): string {
  return value.toExponential(1);
}
