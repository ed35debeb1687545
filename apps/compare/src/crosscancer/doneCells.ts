import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SURVPATH_PROTOCOL, type Protocol } from '@concord/backbone';
import { findBackbone, loadBackbone } from '../backbones/discover.js';
import { cellConfig, hashOf } from '../train/cellSpec.js';
import { changedProtocol } from '../train/openModel.js';
import type { StudyCohort } from '../train/studyCohort.js';
import type { CellResult } from '../train/cellFiles.js';
import type { GridCell } from './cells.js';
import { isPeer, type GridOptions } from './gridOptions.js';

/**
 * The cells that have no result yet.
 *
 * @throws Error for a result of another configuration: one folder, one study.
 */
export async function missingCells(
  folder: string,
  cells: readonly GridCell[],
  { cwd, backbones, training }: GridOptions,
  cohorts: readonly StudyCohort[],
): Promise<GridCell[]> {
  const protocols = new Map<string, Protocol>();
  for (const name of backbones.filter((one) => !isPeer(one))) {
    const { protocol = SURVPATH_PROTOCOL } = await loadBackbone(findBackbone(cwd, name));
    protocols.set(name, changedProtocol(protocol, training.changes));
  }
  return cells.filter(({ spec, folder: relative }) => {
    const path = join(folder, relative, 'result.json');
    if (!existsSync(path)) return true;
    const { hash } = JSON.parse(readFileSync(path, 'utf8')) as CellResult;
    if (hash === hashOf(cellConfig(spec, cohorts, protocols.get(spec.backbone)))) return false;
    throw new Error(`${path} is a result of another configuration; give this study another --out`);
  });
}
