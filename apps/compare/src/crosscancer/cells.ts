import { join } from 'node:path';
import type { CellSpec } from '../train/cellSpec.js';
import { isPeer, type GridOptions } from './gridOptions.js';

/** A cell of the grid and where it lies in the study's folder. */
export interface GridCell {
  readonly spec: CellSpec;
  /** Relative to the study's folder. */
  readonly folder: string;
}

/** All cells: for each seed every backbone, module and source, so that a study cut short is an even one. */
export function gridCells(grid: GridOptions): GridCell[] {
  const cells: GridCell[] = [];
  for (const seed of grid.seeds) {
    for (const fold of grid.heldOut) {
      for (const source of grid.sources) {
        for (const backbone of grid.backbones) {
          const modules = isPeer(backbone) ? ['plain'] : grid.modules;
          for (const module of modules) cells.push(cell(grid, { seed, fold, source, backbone, module }));
        }
      }
    }
  }
  return cells;
}

interface Place {
  readonly seed: number;
  readonly fold: number;
  readonly source: string;
  readonly backbone: string;
  readonly module: string;
}

function cell(grid: GridOptions, { seed, fold, source, backbone, module }: Place): GridCell {
  const sources = source.split('+');
  const { targets, scaling, stack, training, folds } = grid;
  const isTorch = stack === 'torch' && !isPeer(backbone);
  return {
    spec: {
      ...{ backbone, module, stack, seed, scaling, training, sources },
      targets: targets.filter((name) => !sources.includes(name)),
      split: { fold, folds, seed },
    },
    folder: join('cells', backbone, module, source, `seed${seed}-fold${fold}${isTorch ? '-torch' : ''}`),
  };
}
