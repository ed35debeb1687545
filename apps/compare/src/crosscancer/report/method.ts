import type { Cell } from './readCell.js';
import type { Stack } from './studySchema.js';

/** What a statistician would try first; everything else is deep. */
export const PEERS: Readonly<Record<string, string>> = {
  'ridge-cox': 'ridge Cox',
  'ridge-cox-both': 'ridge Cox, genes and slides',
  'random-survival-forest': 'random survival forest',
  'stage-age': 'stage and age',
};
/** Peers of which a deep model has to beat the stronger one. */
export const RIDGES: readonly string[] = ['ridge-cox', 'ridge-cox-both'];

/** A backbone with a module: what a study compares. */
export interface Method {
  /** `mcat`, `mcat + dsu`, `ridge Cox`. */
  readonly name: string;
  readonly backbone: string;
  readonly module: string;
  readonly stack: Stack;
  readonly deep: boolean;
  readonly cells: readonly Cell[];
}

/** The stack that speaks for a method where several ran it; the others are compared with it. */
const PRECEDENCE: readonly Stack[] = ['ts', 'torch', 'sksurv'];

/** Methods in the order of the study's backbones and modules, others behind. */
export function methodsOf(
  cells: readonly Cell[],
  backbones: readonly string[],
  modules: readonly string[],
): Method[] {
  const place = (names: readonly string[], name: string) =>
    (names.indexOf(name) + names.length + 1) % (names.length + 1);
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) {
    const key = `${cell.backbone}/${cell.module}`;
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  return [...groups.values()]
    .map((group) => {
      const { backbone, module } = group[0]!;
      const stack = PRECEDENCE.find((name) => group.some((cell) => cell.stack === name))!;
      return {
        name: nameOf(backbone, module),
        backbone,
        module,
        stack,
        deep: PEERS[backbone] === undefined,
        cells: group.filter((cell) => cell.stack === stack),
      };
    })
    .sort(
      (a, b) =>
        Number(b.deep) - Number(a.deep) ||
        place(backbones, a.backbone) - place(backbones, b.backbone) ||
        place(modules, a.module) - place(modules, b.module),
    );
}

/** How a method is called in a report. */
export function nameOf(backbone: string, module: string): string {
  const name = PEERS[backbone] ?? backbone;
  return module === 'plain' ? name : `${name} + ${module}`;
}

/** Runs of two methods that were trained alike. */
export interface PairedCells {
  readonly first: readonly Cell[];
  readonly second: readonly Cell[];
}

/**
 * Cells of one source by seed and fold. A method that ran with a single seed, as one without chance does, is
 * compared with every seed of the other.
 */
export function pairCells(first: readonly Cell[], second: readonly Cell[]): PairedCells {
  const onlySeed = new Set(second.map(({ seed }) => seed)).size === 1;
  const pairs = first.flatMap((cell) => {
    const partner = second.find(({ seed, fold }) => fold === cell.fold && (onlySeed || seed === cell.seed));
    return partner ? [[cell, partner] as const] : [];
  });
  return { first: pairs.map(([cell]) => cell), second: pairs.map(([, partner]) => partner) };
}
