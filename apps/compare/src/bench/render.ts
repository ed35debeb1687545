import Table from 'cli-table3';
import type { Measurement, StackFigures } from './measure.js';

/** A table for people: milliseconds, memory, and how many times faster TypeScript is. */
export function renderBench(measurements: readonly Measurement[]): string {
  return measurements.map(({ patches, stacks }) => `${patches} patches\n${tableOf(stacks)}`).join('\n\n');
}

function tableOf(stacks: readonly StackFigures[]): string {
  const table = new Table({
    head: ['stack', 'forward ms', 'backward ms', 'optimiser ms', 'step ms', 'peak MB', '× TypeScript'],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
  });
  for (const { name, forward, backward, optimiser, step, peakBytes, ratio } of stacks) {
    const times = [forward, backward, optimiser, step].map((value) => value.toFixed(1));
    table.push([name, ...times, (peakBytes / 1e6).toFixed(0), ratio.toFixed(2)]);
  }
  return table.toString();
}
