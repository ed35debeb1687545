import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cellFolders } from '../crosscancer/studyFolder.js';
import { writeStudy, type Study } from '../crosscancer/studyFile.js';
import { hashOf } from '../train/cellSpec.js';
import { cellState, type SeenCell } from './cellState.js';
import type { AskedCell } from './engine.js';
import type { AskedGrid, GridFolder } from './gridFolder.js';

/** What becomes of results whose inputs have changed: refuse another configuration, compute anew, or leave as is. */
export type StalePolicy = 'refuse' | 'run' | 'keep';

/** What is to be done in a study's folder. */
export interface StudyPlan {
  readonly missing: readonly AskedCell[];
  /** Failed before with the same inputs, and would again. */
  readonly failedBefore: readonly SeenCell[];
  /** For people. */
  readonly notes: readonly string[];
}

/**
 * See what is missing, and prepare the folder: study.json, what was asked for, stale results put aside.
 *
 * @param again begin cells anew that the trainer refused before.
 * @throws Error for a study of other data or another protocol, unless stale results are to be computed anew.
 */
export function planStudy(
  folder: GridFolder,
  study: Study,
  asked: AskedGrid,
  cells: readonly AskedCell[],
  policy: StalePolicy,
  again: boolean,
): StudyPlan {
  const seen = cells.map((cell): SeenCell => ({ cell, state: cellState(folder, cell) }));
  const stale = seen.filter(({ state }) => state.kind === 'stale');
  const other = stale.find(({ state }) => state.kind === 'stale' && state.why[0]!.startsWith('config'));
  const replaced = writeStudy(folder.study, study, policy === 'run');
  if (other && policy === 'refuse') {
    const path = join(folder.study, other.cell.folder, 'result.json');
    throw new Error(`${path} is a result of another configuration; give this study another --out`);
  }
  const notes: string[] = [];
  if (stale.length > 0) notes.push(staleNote(stale, policy));
  if (policy === 'run') {
    const aside = replaced ? strangers(folder, seen) : [];
    const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-');
    for (const path of [...stale.map(({ cell }) => cell.folder), ...aside]) folder.putAside(path, stamp);
    if (aside.length > 0)
      notes.push(`${aside.length} cells of the study that was here before were put aside`);
  }
  writeAsked(folder, asked, replaced);
  const failedBefore = again ? [] : seen.filter(isRefused);
  const skipped = new Set(failedBefore.map(({ cell }) => cell));
  const missing = seen
    .filter(({ state }) => state.kind !== 'done' && !(state.kind === 'stale' && policy !== 'run'))
    .map(({ cell }) => cell)
    .filter((cell) => !skipped.has(cell));
  return { missing, failedBefore, notes };
}

function isRefused({ state }: SeenCell): boolean {
  return state.kind === 'failed' && state.failure.kind === 'program';
}

function staleNote(stale: readonly SeenCell[], policy: StalePolicy): string {
  const why = new Set(stale.flatMap(({ state }) => (state.kind === 'stale' ? state.why : [])));
  const named = [...why].slice(0, 4).join(', ') + (why.size > 4 ? `, and ${why.size - 4} more` : '');
  const end =
    policy === 'run'
      ? 'they are computed anew, the old results are in .grid/replaced'
      : 'they are left as they are; concord grid run computes them anew';
  return `${stale.length} results are of other inputs (${named}): ${end}`;
}

/** Results that are not of this grid: another study was here. */
function strangers(folder: GridFolder, seen: readonly SeenCell[]): string[] {
  const own = new Set(seen.map(({ cell }) => cell.folder));
  return cellFolders(folder.study).filter(
    (path) => !own.has(path) && existsSync(join(folder.study, path, 'result.json')),
  );
}

function writeAsked(folder: GridFolder, asked: AskedGrid, replaced: boolean): void {
  const others = (replaced ? [] : folder.asked()).filter((one) => hashOf(one) !== hashOf(asked));
  folder.writeAsked([...others, asked]);
}
