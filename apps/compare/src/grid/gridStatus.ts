import { gridOf } from '../crosscancer/gridOf.js';
import type { CommandContext } from '../commands/context.js';
import { listed, syntheticOptions } from '../commands/trainFlags.js';
import { folderHolder, type LockHolder } from '../files/folderLock.js';
import { loadCohorts } from '../train/loadCohorts.js';
import { askedCells } from './askedCells.js';
import type { AskedStudy } from './askedOf.js';
import { cellState, type CellState } from './cellState.js';
import type { AskedCell } from './engine.js';
import { estimateLeft, type Estimate } from './estimate.js';
import type { GridFolder, RunningRecord } from './gridFolder.js';

/** How a cell stands. */
export interface StandingCell {
  readonly cell: AskedCell;
  readonly state: CellState | { readonly kind: 'running'; readonly record: RunningRecord };
}

/** The ways in which a cell may stand. */
export const STANDS = ['done', 'running', 'waiting', 'stale', 'failed'] as const;

/** How a study stands. */
export interface GridStatus {
  readonly folder: GridFolder;
  /** Who works there now. */
  readonly holder?: LockHolder;
  readonly cells: readonly StandingCell[];
  readonly counts: Readonly<Record<(typeof STANDS)[number], number>>;
  readonly estimate: Estimate;
}

/** Every cell that is asked of a study, with data and code as they are now; a later grid has the last word. */
export async function cellsOfStudy({ asked }: AskedStudy, context: CommandContext): Promise<AskedCell[]> {
  const cells = new Map<string, AskedCell>();
  for (const { flags, cwd } of asked) {
    const places = { cohorts: listed(flags.cohort), cwd, synthetic: syntheticOptions(flags) };
    const cohorts = await loadCohorts(places);
    const grid = await gridOf(flags, { ...context, cwd }, cohorts, places);
    for (const cell of await askedCells(grid, cohorts)) cells.set(cell.folder, cell);
    for (const cohort of cohorts) cohort.close();
  }
  return [...cells.values()];
}

/** What lies in the folder now. */
export function gridStatus(folder: GridFolder, asked: readonly AskedCell[]): GridStatus {
  const holder = folderHolder(folder.study);
  // What a driver said of running cells means nothing once it is gone.
  const running = new Map(holder ? folder.running().map((one) => [one.folder, one]) : []);
  const cells = asked.map((cell): StandingCell => {
    const record = running.get(cell.folder);
    return { cell, state: record ? { kind: 'running', record } : cellState(folder, cell) };
  });
  const counts = Object.fromEntries(
    STANDS.map((kind) => [kind, cells.filter(({ state }) => state.kind === kind).length]),
  ) as GridStatus['counts'];
  return { folder, ...(holder && { holder }), cells, counts, estimate: estimateLeft(cells, Date.now()) };
}
