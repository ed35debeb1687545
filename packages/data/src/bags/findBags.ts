import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { BagError } from './bagError.js';

/** A file of features that was found in a folder. */
export interface BagPath {
  /** The file's name without its ending: slide barcode and UUID, as CLAM and TRIDENT name them. */
  readonly slide: string;
  readonly path: string;
}

const FEATURE_FILE = /\.(pt|h5|hdf5|npy|npz|safetensors)$/i;
const COORDS_FILE = /\.coords\.npy$/i;
const TABLE_FILE = /\.((csv|tsv|json)(\.(zip|gz))?|xlsx)$/i;
const SLIDE_FILE = /\.(svs|tiff?|ndpi|mrxs|scn|svslide|bif|dcm|qptiff)$/i;

/** `…/TCGA-….DX1.<UUID>.svs` or `….h5` -> `TCGA-….DX1.<UUID>`. */
export function slideOf(path: string): string {
  return basename(path.trim()).replace(FEATURE_FILE, '').replace(SLIDE_FILE, '');
}

/** Whether there is any file of features at these paths; a single file is one unless it is a table by its name. */
export function hasBags(paths: readonly string[]): boolean {
  return paths.some((path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat?.isDirectory()) return stat !== undefined && !TABLE_FILE.test(path);
    return readdirSync(path, { withFileTypes: true }).some(
      ({ name }) => !name.startsWith('.') && (isFeatureFile(name) || isFolderOfBags(join(path, name))),
    );
  });
}

function isFolderOfBags(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true && hasBags([path]);
}

function isFeatureFile(name: string): boolean {
  return FEATURE_FILE.test(name) && !COORDS_FILE.test(name);
}

/**
 * The files of features in folders and what they hold, sorted by slide; single files may be named as well.
 * Hidden files and folders are left out, links to folders are not followed.
 *
 * @throws BagError if a path does not exist or nothing is found.
 */
export function findBags(paths: readonly string[]): BagPath[] {
  const found = new Map<string, BagPath>();
  const add = (path: string) => found.set(path, { slide: slideOf(path), path });
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (isFeatureFile(entry.name)) add(path);
    }
  };
  for (const path of paths) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) throw new BagError('unreadable', path, 'no such file or folder');
    if (stat.isDirectory()) walk(path);
    else add(path);
  }
  if (found.size === 0) {
    throw new BagError(
      'no-features',
      paths.join(', '),
      'holds no .pt, .h5, .npy, .npz or .safetensors file; name the folder of the features',
    );
  }
  return [...found.values()].sort((a, b) => compare(a.slide, b.slide) || compare(a.path, b.path));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
