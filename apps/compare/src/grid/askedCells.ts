import { gridCells } from '../crosscancer/cells.js';
import type { GridOptions } from '../crosscancer/gridOptions.js';
import type { StudyCohort } from '../train/studyCohort.js';
import { InputsOfCells } from './cellInputs.js';
import type { AskedCell } from './engine.js';

/** The cells of a grid, each with what determines it. */
export async function askedCells(grid: GridOptions, cohorts: readonly StudyCohort[]): Promise<AskedCell[]> {
  const inputs = new InputsOfCells(grid.cwd, cohorts);
  const cells: AskedCell[] = [];
  for (const cell of gridCells(grid)) cells.push({ ...cell, inputs: await inputs.of(cell.spec) });
  return cells;
}
