import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isPeer } from '../crosscancer/gridOptions.js';
import type { CellResult } from '../train/cellFiles.js';
import { hashOf } from '../train/cellSpec.js';
import { changedFields } from './changedInputs.js';
import { inputsHash } from './cellInputs.js';
import type { AskedCell } from './engine.js';
import type { FailureRecord, GridFolder } from './gridFolder.js';

/** What lies on disk of a cell. */
export type CellState =
  | { readonly kind: 'done'; readonly seconds: number }
  /** There is a result, of other inputs: those named. */
  | { readonly kind: 'stale'; readonly why: readonly string[] }
  | { readonly kind: 'failed'; readonly failure: FailureRecord }
  | { readonly kind: 'waiting' };

/** A cell and what lies on disk of it. */
export interface SeenCell {
  readonly cell: AskedCell;
  readonly state: CellState;
}

/** Hold what lies in a study's folder against what is asked. */
export function cellState(folder: GridFolder, cell: AskedCell): CellState {
  const path = join(folder.study, cell.folder, 'result.json');
  if (!existsSync(path)) {
    const failure = folder.failure(cell.folder);
    // With other inputs than those that it failed with it may do better.
    return failure?.inputs === inputsHash(cell.inputs) ? { kind: 'failed', failure } : { kind: 'waiting' };
  }
  const { hash, seconds } = readResult(path);
  const why = [...changedConfig(folder, cell, hash), ...changedCode(folder, cell)];
  return why.length > 0 ? { kind: 'stale', why } : { kind: 'done', seconds };
}

function readResult(path: string): CellResult {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as CellResult;
  } catch (error) {
    throw new Error(`${path}: cannot be read; remove it, and the cell is computed anew`, { cause: error });
  }
}

function changedConfig({ study }: GridFolder, { folder, inputs, spec }: AskedCell, hash: string): string[] {
  if (hash === hashOf(inputs.config)) return [];
  const path = join(study, folder, 'config.json');
  if (!existsSync(path)) return ['config'];
  const before: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const now: unknown = JSON.parse(JSON.stringify(inputs.config));
  const changed = changedFields(before, now, 'config');
  // Peers are not trained: how networks are is in their configuration, and nothing comes of it.
  return isPeer(spec.backbone)
    ? changed.filter((path) => !/^config\.(training|stack)\b/.test(path))
    : changed;
}

/** None where nothing says which code made the result: studies made before that was kept. */
function changedCode(folder: GridFolder, { folder: cell, inputs }: AskedCell): string[] {
  const before = folder.inputs(cell);
  return before ? changedFields(before.code, inputs.code, 'code') : [];
}
