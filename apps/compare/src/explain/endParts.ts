import { formatC } from '../crosscancer/report/headline.js';
import { isBySlide, meanOfSlides } from './bySlide.js';
import type { ComparedRun, JudgedRow } from './comparedRun.js';
import type { Part } from './explanation.js';
import { measureC } from './measureC.js';
import type { SettledMeasure } from './settleMeasure.js';

/** Something of each run. */
export interface Both<T> {
  readonly a: T;
  readonly b: T;
}

/** Cases of the run that judges slides, where the other one judges cases. */
export function slidesOf(a: ComparedRun, b: ComparedRun): Partial<Record<'a' | 'b', JudgedRow[]>> {
  const [inA, inB] = [isBySlide(a.rows), isBySlide(b.rows)];
  if (inA === inB) return {};
  return inA ? { a: meanOfSlides(a.rows) } : { b: meanOfSlides(b.rows) };
}

/** What it moves that slides are judged: a step of its own at either end. */
export function slideParts(slides: ReturnType<typeof slidesOf>, settled: Both<SettledMeasure>): Part[] {
  return (['a', 'b'] as const).flatMap((side): Part[] => {
    const [rows, { cindex, measure }] = [slides[side], settled[side]];
    const mean = rows && measureC(rows, measure);
    if (mean === undefined || cindex === undefined) return [];
    const run = side.toUpperCase() as 'A' | 'B';
    const share = side === 'a' ? mean - cindex : cindex - mean;
    const words = `${run} judges every slide; the mean risk of each case's slides gives ${formatC(mean)}`;
    return [{ name: `slides of ${run}`, words, share, alone: share, last: share }];
  });
}

/** Reported figures that the risks do not give: steps of their own at either end. */
export function gapParts(settled: Both<SettledMeasure>): Part[] {
  return (['a', 'b'] as const).flatMap((side): Part[] => {
    const { gap, cindex } = settled[side];
    if (!gap || cindex === undefined) return [];
    const share = side === 'a' ? cindex - gap.reported : gap.reported - cindex;
    const run = side.toUpperCase() as 'A' | 'B';
    const { epoch } = gap;
    const words = epoch
      ? `${run} reports ${formatC(gap.reported)}, the ${epoch.which} epoch of its log (${epoch.number}), but its risks give ${formatC(cindex)}`
      : `${run} reports ${formatC(gap.reported)}, but its risks give ${formatC(cindex)}`;
    return [{ name: `reported figure of ${run}`, words, share, alone: share, last: share }];
  });
}
