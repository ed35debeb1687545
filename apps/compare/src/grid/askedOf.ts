import { statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { Command } from 'commander';
import { addGridRunFlags, type GridRunFlags } from '../commands/gridFlags.js';
import { studyFlagsOf } from '../commands/studyFlags.js';
import { GridFolder, type AskedGrid } from './gridFolder.js';
import { readGridFile } from './gridFile.js';

/** A study's folder and the grids that were, or are, asked of it. */
export interface AskedStudy {
  readonly folder: GridFolder;
  readonly asked: readonly AskedGrid[];
}

/**
 * What is asked of a study.
 *
 * @param place the study's folder, with what was asked there; or a grid's file, with what it asks now.
 * @throws Error if it is neither.
 */
export function askedOf(cwd: string, place: string): AskedStudy {
  const path = resolve(cwd, place);
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new Error(`${place}: there is no such study or grid file`);
  if (found.isFile()) {
    const command = addGridRunFlags(new Command());
    readGridFile(path, command);
    const flags = studyFlagsOf(command.opts<GridRunFlags>());
    return { folder: new GridFolder(resolve(cwd, flags.out)), asked: [{ flags, cwd }] };
  }
  const folder = new GridFolder(path);
  const asked = folder.asked();
  if (asked.length === 0) {
    throw new Error(
      `${place}: no grid was run here; name the folder of a study, or a grid file (concord grid run --help)`,
    );
  }
  // The folder may have been moved since.
  const moved = asked.map((one) => ({
    ...one,
    flags: { ...one.flags, out: relative(one.cwd, path) || '.' },
  }));
  return { folder, asked: moved };
}
