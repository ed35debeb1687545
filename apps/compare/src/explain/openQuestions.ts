import { formatC } from '../crosscancer/report/headline.js';
import type { Orders } from './attribution.js';
import type { Both } from './endParts.js';
import type { MadeDifference, Part } from './explanation.js';
import type { FoundChanges } from './findChanges.js';
import type { SettledMeasure } from './settleMeasure.js';

/** What remains unexplained. */
export function openQuestions(
  { changes, two }: FoundChanges,
  settled: Both<SettledMeasure>,
  computed: readonly Part[],
  made: readonly MadeDifference[],
  orders: Orders | undefined,
): string[] {
  const sides = ['a', 'b'] as const;
  const without = sides.filter((side) => settled[side].cindex === undefined);
  if (without.length > 0) {
    return without.map((side) => `${side.toUpperCase()} has no C-index: no pair of its cases is comparable`);
  }
  const risks = computed.find(({ name }) => name === 'risks');
  const unreproduced = sides.filter((side) => settled[side].gap && !settled[side].gap!.epoch);
  return [
    ...unreproduced.map((side) => {
      const { gap, cindex } = settled[side];
      return `the figure that ${side.toUpperCase()} reports, ${formatC(gap!.reported)} (${gap!.where}), is not what its own risks give, ${formatC(cindex!)}, by any measure tried`;
    }),
    ...(changes.some(({ name }) => name === 'cases and models')
      ? ['too few cases are judged by both to tell the cases from the model']
      : []),
    ...(risks && made.length === 0 && risks.chance?.belowNoise === false
      ? ['the same cases have other risks, and neither folder says what was done differently']
      : []),
    ...(orders || two.changes.length === 0 ? [] : ['the difference could not be taken apart']),
  ];
}
