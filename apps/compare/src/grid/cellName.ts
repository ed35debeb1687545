import type { GridCell } from '../crosscancer/cells.js';

/** A cell, for people; the fold where several are held out in turn. */
export function cellName({ spec }: Pick<GridCell, 'spec'>): string {
  const { backbone, module, sources, seed, split } = spec;
  const fold = 'fold' in split && split.fold > 0 ? `, fold ${split.fold}` : '';
  return `${backbone} × ${module} on ${sources.join('+')}, seed ${seed}${fold}`;
}
