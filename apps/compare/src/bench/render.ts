import Table from 'cli-table3';
import type { Measurement, StackFigures } from './measure.js';

/** A table for people: milliseconds, memory, and how many times faster TypeScript is. */
export function renderBench(measurements: readonly Measurement[]): string {
  return measurements
    .map(({ backbone, patches, stacks, notMeasured }) =>
      [
        `${backbone}, ${patches} patches`,
        tableOf(stacks),
        ...notMeasured.map((reason) => `not measured: ${reason}`),
      ].join('\n'),
    )
    .join('\n\n');
}

function tableOf(stacks: readonly StackFigures[]): string {
  const table = new Table({
    head: [
      ...['stack', 'forward ms', 'backward ms', 'optimiser ms', 'step ms'],
      ...['peak MB', 'without libraries', '× TypeScript'],
    ],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
  });
  for (const { name, forward, backward, optimiser, step, peakBytes, ownBytes, ratio } of stacks) {
    const times = [forward, backward, optimiser, step].map((value) => value.toFixed(1));
    const memory = [peakBytes, ownBytes].map((bytes) => (bytes / 1e6).toFixed(0));
    table.push([name, ...times, ...memory, ratio.toFixed(2)]);
  }
  return table.toString();
}
