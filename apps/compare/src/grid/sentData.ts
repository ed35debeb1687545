import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { cohortPaths, DataError, readCohortFile } from '@concord/data';
import { isEmbedded, truthPath, type CohortOptions } from '../train/loadCohorts.js';

/** A file that cells read. */
export interface DataFile {
  readonly path: string;
  /** Its place below the folder that all of them share. */
  readonly name: string;
  readonly sha256: string;
  readonly size: number;
}

/** Data that go to machines which do not have them. */
export interface SentData {
  readonly files: readonly DataFile[];
  /** The cohorts as asked, cohort files by their `name`. */
  readonly cohorts: readonly string[];
}

/**
 * Find and digest every file that cohorts are read from.
 *
 * @throws DataError for a cohort file that cannot be read, or names what is not there.
 */
export async function sentData({ cohorts, cwd }: Pick<CohortOptions, 'cohorts' | 'cwd'>): Promise<SentData> {
  const asked = cohorts.filter((name) => !isEmbedded(name)).map((name) => resolve(cwd, name));
  if (asked.length === 0) return { files: [], cohorts };
  const paths = [...new Set((await Promise.all(asked.map(filesOf))).flat())].sort();
  const root = sharedFolder(paths);
  const files: DataFile[] = [];
  // One after the other: a disk reads one file faster than many.
  for (const path of paths) {
    const { size } = await stat(path);
    files.push({ path, name: relative(root, path), sha256: await sha256(path), size });
  }
  const named = cohorts.map((name) => (isEmbedded(name) ? name : relative(root, resolve(cwd, name))));
  return { files, cohorts: named };
}

async function filesOf(path: string): Promise<string[]> {
  const file = await readCohortFile(path);
  const truth = truthPath(path, file);
  const read = await Promise.all(cohortPaths(file).map((one) => filesBelow(one, path)));
  return [path, ...read.flat(), ...(truth === undefined ? [] : [truth])];
}

/** The file itself, or all files in the folder. */
async function filesBelow(path: string, cohort: string): Promise<string[]> {
  const found = await stat(path).catch(() => {
    throw new DataError(cohort, `names ${path}, which is not there`);
  });
  if (!found.isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
}

function sharedFolder(paths: readonly string[]): string {
  let root = dirname(paths[0]!);
  while (!paths.every((path) => path.startsWith(root.endsWith(sep) ? root : root + sep)))
    root = dirname(root);
  return root;
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
