import { readTable } from '@concord/data';
import type { Cell } from './readCell.js';
import { principalComponents, type PrincipalComponents } from './principalComponents.js';
import type { NotComputed } from './studyReport.js';
import { cohortsOf } from './studySchema.js';

/** Embeddings of one trained model, cohort by cohort. */
export interface DomainShift {
  readonly cell: Cell;
  readonly cohorts: readonly string[];
  readonly points: readonly { readonly cohort: string; readonly x: number; readonly y: number }[];
  readonly shares: PrincipalComponents['shares'];
  /**
   * Distance of each other cohort's mean from the source's, over the root of the mean squared distance of cases
   * from their own cohort's mean: 1 is as far as a typical case.
   */
  readonly distances: readonly { readonly cohort: string; readonly distance: number }[];
}

/** Cases of a cohort that are drawn; more would only cover each other. */
const MOST_CASES = 150;

/**
 * Where a model puts the cases of each cohort before its head.
 *
 * @returns a reason where embeddings.csv cannot be used.
 */
export function domainShift(cell: Cell): DomainShift | NotComputed {
  try {
    const table = readTable(cell.embeddings!);
    const axes = table.names.flatMap((name, i) => (/^x\d+$/.test(name) ? [i] : []));
    if (axes.some((axis, i) => axis !== axes[0]! + i))
      return { reason: 'embeddings.csv scatters its columns x0, x1, …' };
    if (axes.length < 2) return { reason: 'embeddings.csv has fewer than two columns x0, x1, …' };
    const groups = new Map<string, number[][]>();
    table.column('cohort').forEach((cohort, row) => {
      const point = new Float64Array(axes.length);
      table.numbers(row, axes[0]!, point);
      if (!point.every(Number.isFinite)) throw new Error(`${table.where(row)}: not a number`);
      groups.set(cohort, [...(groups.get(cohort) ?? []), [...point]]);
    });
    const own = cohortsOf(cell.source);
    const source = own.flatMap((cohort) => groups.get(cohort) ?? []);
    if (source.length === 0 || groups.size <= own.length) {
      return { reason: `embeddings.csv needs ${cell.source} and another cohort` };
    }
    const shown = [...groups].flatMap(([cohort, points]) =>
      thinned(points).map((point) => ({ cohort, point })),
    );
    const { scores, shares } = principalComponents(shown.map(({ point }) => point));
    const centre = meanOf(source);
    const means = new Map([...groups].map(([cohort, points]) => [cohort, meanOf(points)]));
    const squares = [...groups].flatMap(([cohort, points]) =>
      points.map((point) => distance(point, means.get(cohort)!) ** 2),
    );
    const spread = Math.sqrt(squares.reduce((sum, one) => sum + one, 0) / squares.length);
    return {
      cell,
      cohorts: [...groups.keys()],
      points: shown.map(({ cohort }, i) => ({ cohort, x: scores[i]![0], y: scores[i]![1] })),
      shares,
      distances: [...means].flatMap(([cohort, mean]) =>
        own.includes(cohort) ? [] : [{ cohort, distance: distance(mean, centre) / spread }],
      ),
    };
  } catch (error) {
    return { reason: (error as Error).message };
  }
}

/** Every k-th, so that the picture does not depend on chance. */
function thinned<T>(points: readonly T[]): T[] {
  const every = Math.ceil(points.length / MOST_CASES);
  return points.filter((_, i) => i % every === 0);
}

function meanOf(points: readonly (readonly number[])[]): number[] {
  return points[0]!.map((_, k) => points.reduce((sum, point) => sum + point[k]!, 0) / points.length);
}

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.sqrt(a.reduce((sum, value, k) => sum + (value - b[k]!) ** 2, 0));
}
