import type { Method } from './method.js';
import type { Cell } from './readCell.js';
import type { StackRow } from './studyReport.js';

/** Runs that TypeScript and PyTorch both made: how far their losses and C-indices lie apart. */
export function compareStacks(methods: readonly Method[], cells: readonly Cell[]): StackRow[] {
  return methods
    .filter(({ stack }) => stack === 'ts')
    .flatMap((method) =>
      method.cells.flatMap((cell) => {
        const other = cells.find(
          (one) =>
            one.stack === 'torch' &&
            one.backbone === cell.backbone &&
            one.module === cell.module &&
            one.source === cell.source &&
            one.seed === cell.seed &&
            one.fold === cell.fold,
        );
        if (!other) return [];
        const { source, seed, fold } = cell;
        return [{ method: method.name, source, seed, fold, ...gaps(cell, other) }];
      }),
    );
}

function gaps(a: Cell, b: Cell): Pick<StackRow, 'lossGap' | 'cindexGap'> {
  const losses = a.curve.flatMap(({ epoch, loss }) => {
    const other = b.curve.find((one) => one.epoch === epoch);
    return other ? [Math.abs(loss - other.loss)] : [];
  });
  const indices = a.judged.flatMap(({ cohort, role, cindex }) => {
    const other = b.judged.find((one) => one.cohort === cohort && one.role === role)?.cindex ?? null;
    return cindex === null || other === null ? [] : [Math.abs(cindex - other)];
  });
  return {
    lossGap: losses.length > 0 ? Math.max(...losses) : null,
    cindexGap: indices.length > 0 ? Math.max(...indices) : null,
  };
}
